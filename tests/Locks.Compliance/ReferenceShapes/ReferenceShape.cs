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
    private LockFixture? _fixture;

    /// <summary>The fixture that the case runs in.</summary>
    protected LockFixture Fixture => _fixture ?? throw new InvalidOperationException("The fixture is not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _fixture = NewFixture();
        await _fixture.StartAsync();
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

        if (_fixture is not null)
            await _fixture.DisposeAsync();
    }

    /// <summary>Makes a fixture.</summary>
    protected abstract LockFixture NewFixture();

    /// <summary>A service's way to locks, as another process would have it.</summary>
    protected IDistributedLock NewDistributedLock() => Fixture.NewClientServices().GetRequiredService<IDistributedLock>();

    /// <summary>Another service's way to locks as objects.</summary>
    protected IDistributedLockFactory NewFactory() => Fixture.NewClientServices().GetRequiredService<IDistributedLockFactory>();

    /// <summary>Starts an instance of an application; it is stopped with the fixture at the latest.</summary>
    protected async Task<IHost> StartInstanceAsync(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(Fixture.Bus).AddLockClient(client => client.QueueName = Fixture.QueueName);
        configure(builder.Services);
        var instance = builder.Build();
        _instances.Add(instance);
        await instance.StartAsync();
        return instance;
    }

    /// <summary>Waits until a lock is free.</summary>
    protected Task BecomesFreeAsync(string key) =>
        Eventually.HoldsAsync(async () => await Fixture.LookAsync(key) is not { Holder: not null }, what: $"free lock {key}");

    /// <summary>Waits until a lock has that many waiters.</summary>
    protected Task AreQueuedAsync(string key, int count) =>
        Eventually.HoldsAsync(async () => (await Fixture.LookAsync(key))?.Waiters.Count == count, what: $"{count} in the queue for {key}");
}
