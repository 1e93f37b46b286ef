using Locks.Client;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.Compliance;

/// <summary>
/// A broker, a store and a coordinator for one test, with a queue of its own. Each transport and store says how it is made; the cases say
/// what has to be true of it.
/// </summary>
public abstract class LockFixture : IAsyncDisposable
{
    private readonly List<IHost> _hosts = [];
    private readonly List<ServiceProvider> _clients = [];

    /// <summary>The queue of this fixture's coordinators.</summary>
    public string QueueName { get; } = $"locks-{Guid.CreateVersion7():N}";

    /// <summary>The store behind the coordinators, to look into.</summary>
    internal abstract ILockStore Store { get; }

    /// <summary>The bus that clients use.</summary>
    public abstract IBus Bus { get; }

    /// <summary>Starts the fixture: one coordinator, and the bus for clients.</summary>
    public abstract Task StartAsync(Action<LockCoordinatorOptions>? configure = null);

    /// <summary>A client of its own, as another process would have it: with its own session and reply queue.</summary>
    public ILockClient NewClient(Action<LockClientOptions>? configure = null) =>
        NewClientServices(configure).GetRequiredService<ILockClient>();

    /// <summary>A client of its own, with all its shapes.</summary>
    public IServiceProvider NewClientServices(Action<LockClientOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        var services = new ServiceCollection().AddLogging();
        AddClient(services, configure);
        register?.Invoke(services);
        var provider = services.BuildServiceProvider();
        _clients.Add(provider);
        return provider;
    }

    /// <summary>Adds a client of its own to an application's services.</summary>
    public void AddClient(IServiceCollection services, Action<LockClientOptions>? configure = null) =>
        services.AddSingleton(Bus).AddLockClient(options =>
        {
            options.QueueName = QueueName;
            configure?.Invoke(options);
        });

    /// <summary>Tells what passes between clients and the broker, moment by moment, until it is disposed of.</summary>
    public virtual IDisposable WatchInteractions(Action onMoment) => Interactions.WatchBus(Bus, onMoment);

    /// <summary>Sends a message to the coordinators as a service does that has only MassTransit and the contracts.</summary>
    public async Task SendAsync<T>(T message)
        where T : class
    {
        var endpoint = await Bus.GetSendEndpoint(new Uri($"exchange:{QueueName}"));
        await endpoint.Send(message);
    }

    /// <summary>Asks the coordinators as a service does that has only MassTransit and the contracts.</summary>
    public async Task<object> AskAsync<TRequest, TYes, TNo>(TRequest request, TimeSpan? timeout = null)
        where TRequest : class
        where TYes : class
        where TNo : class
    {
        var client = Bus.CreateRequestClient<TRequest>(
            new Uri($"exchange:{QueueName}"), timeout is { } given ? RequestTimeout.After(ms: (int)given.TotalMilliseconds) : RequestTimeout.After(s: 30));
        return (await client.GetResponse<TYes, TNo>(request)).Message;
    }

    /// <summary>A key's lock as it is stored, if it is.</summary>
    internal async Task<LockState?> LookAsync(string key) =>
        (await Store.LoadAsync([LockKey.ToId(key)], CancellationToken.None)).SingleOrDefault()?.State;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var client in _clients)
            await client.DisposeAsync();

        foreach (var host in Enumerable.Reverse(_hosts))
        {
            await host.StopAsync();
            if (host is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
        }

        await CleanUpAsync();
    }

    /// <summary>Removes what the fixture left outside of this process.</summary>
    protected virtual Task CleanUpAsync() => Task.CompletedTask;

    /// <summary>Starts a host that this fixture stops.</summary>
    protected async Task<IHost> StartHostAsync(Action<IServiceCollection> configure, bool waitUntilReady = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = waitUntilReady);
        configure(builder.Services);
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    /// <summary>Stops one of the hosts before the fixture ends.</summary>
    protected async Task StopHostAsync(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }
}
