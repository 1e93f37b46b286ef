using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Servers;
using Locks.Client;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.Benchmarks.Contestants;

/// <summary>
/// A coordinator and a client as two applications would have them: each with its own host, bus and connection, and nothing in common but
/// the broker. Both are in this process, so that the processor time is that of both.
/// </summary>
internal sealed class LocksSystem : IAsyncDisposable
{
    private readonly OwnQueue _queue;
    private readonly List<IHost> _hosts = [];

    private LocksSystem(OwnQueue queue) => _queue = queue;

    public static async Task<LocksSystem> StartAsync(Uri broker, Action<LockCoordinatorBuilder> store, CancellationToken cancellationToken)
    {
        var system = new LocksSystem(new OwnQueue(broker));
        try
        {
            await system.StartHostAsync(broker, bus => store(bus.AddLockCoordinator(options => options.QueueName = system._queue.Name)), cancellationToken);
            await system.StartHostAsync(broker, bus => bus.AddLockClient(options => options.QueueName = system._queue.Name), cancellationToken);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Acquire and release; each caller has a key of its own.</summary>
    public Contestant Named(string name)
    {
        var client = _hosts[^1].Services.GetRequiredService<ILockClient>();
        return new Contestant(name, "acquire + release", async caller =>
        {
            var key = $"bench-{caller}";
            var handle = await client.TryAcquireAsync(key)
                ?? throw new MeasurementFailedException($"{name}: the lock '{key}' was busy, though nobody else uses it.");
            return async () =>
            {
                if (!await handle.ReleaseAsync())
                    throw new MeasurementFailedException($"{name}: the lock '{key}' was lost before its release.");
            };
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(_hosts))
        {
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        await _queue.DisposeAsync();
    }

    private async Task StartHostAsync(Uri broker, Action<IBusRegistrationConfigurator> configure, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            configure(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(broker);
                rabbit.ConfigureEndpoints(context);
            });
        });
        var host = builder.Build();
        _hosts.Add(host);
        if (host.Services.GetService<ILockSchema>() is { } schema)
            await schema.MigrateAsync(cancellationToken);
        await host.StartAsync(cancellationToken);
    }
}
