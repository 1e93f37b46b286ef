using Locks.Coordinator.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.Benchmarks.Candidates;

/// <summary>A host, a bus and a connection, as one application has them.</summary>
internal sealed class HostedBus : IAsyncDisposable
{
    private readonly IHost _host;
    private MetricsCollector? _metrics;

    private HostedBus(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts it.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="configure">Says what is on the bus.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="collectsMetrics">Whether OpenTelemetry collects the metrics of this application.</param>
    public static async Task<HostedBus> StartAsync(
        Uri broker, Action<IBusRegistrationConfigurator> configure, CancellationToken cancellationToken, bool collectsMetrics = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            configure(bus);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(broker);
                rabbit.ConfigureEndpoints(context);
            });
        });
        var bus = new HostedBus(builder.Build());
        try
        {
            if (bus.Services.GetService<ILockSchema>() is { } schema)
                await schema.MigrateAsync(cancellationToken);
            if (collectsMetrics)
                bus._metrics = new MetricsCollector(bus.Services);
            await bus._host.StartAsync(cancellationToken);
            return bus;
        }
        catch
        {
            await bus.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _metrics?.Dispose();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
