using Locks.Client;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Compliance.ReferenceShapes;

/// <summary>
/// The jobs of one of the documents that the product answers to, in that document's own shapes. What it writes as code is here as it is
/// written there; its times are shorter where a case has to wait for them.
/// </summary>
public abstract class ReferenceShape : IAsyncLifetime
{
    private readonly List<IHost> _instances = [];
    private LockFixture? _world;

    /// <summary>The world that the case runs in.</summary>
    protected LockFixture World => _world ?? throw new InvalidOperationException("The world is not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _world = NewWorld();
        await _world.StartAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var instance in _instances)
        {
            await instance.StopAsync();
            instance.Dispose();
        }

        if (_world is not null)
            await _world.DisposeAsync();
    }

    /// <summary>Makes a world.</summary>
    protected abstract LockFixture NewWorld();

    /// <summary>A service's way to locks, as another process would have it.</summary>
    protected IDistributedLock NewDistributedLock() => World.NewClientServices().GetRequiredService<IDistributedLock>();

    /// <summary>Another service's way to locks as objects.</summary>
    protected IDistributedLockFactory NewFactory() => World.NewClientServices().GetRequiredService<IDistributedLockFactory>();

    /// <summary>Starts an instance of an application; it is stopped with the world at the latest.</summary>
    protected async Task<IHost> StartInstanceAsync(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(World.Bus).AddLockClient(client => client.QueueName = World.QueueName);
        configure(builder.Services);
        var instance = builder.Build();
        _instances.Add(instance);
        await instance.StartAsync();
        return instance;
    }

    /// <summary>Waits until nobody holds a lock.</summary>
    protected Task BecomesFreeAsync(string key) =>
        Eventually.HoldsAsync(async () => await World.LookAsync(key) is not { Holder: not null }, what: $"free lock {key}");

    /// <summary>Waits until as many wait in line for a lock.</summary>
    protected Task InLineAsync(string key, int count) =>
        Eventually.HoldsAsync(async () => (await World.LookAsync(key))?.Waiters.Count == count, what: $"{count} in line for {key}");
}
