using Locks.Client;
using Locks.Contracts;
using Locks.DistributedLock;
using Locks.TestKit;
using Medallion.Threading;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Compliance.Adapters;

/// <summary>Locks, on one transport and store, for all cases of a class.</summary>
/// <param name="fixture">The transport and the store.</param>
public abstract class LocksSubject(LockFixture fixture) : IDistributedLockSubject, IAsyncLifetime
{
    /// <summary>
    /// The lease of an application's locks: so short that a case can see it being renewed, after a third of it, and so long that no renewal
    /// comes too late on a machine that has too much to do.
    /// </summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(12);

    private ILockClient? _other;
    private IDistributedLockProvider? _provider;

    /// <inheritdoc/>
    public IDistributedLockProvider Provider => _provider ?? throw new InvalidOperationException("The subject is not started.");

    /// <summary>The client of another process.</summary>
    public ILockClient Other => _other ?? throw new InvalidOperationException("The subject is not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await fixture.StartAsync();
        _provider = new LocksDistributedLockProvider(fixture.NewClient());
        _other = fixture.NewClient(client => client.Owner = "another process");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return fixture.DisposeAsync();
    }

    /// <summary>Adds a lock client to an application's services.</summary>
    public void AddClient(IServiceCollection services) => fixture.AddClient(services, OfApplication);

    /// <summary>The services of an application with a lock client, and with what else it registers.</summary>
    public IServiceProvider NewApplication(Action<IServiceCollection> register) => fixture.NewClientServices(OfApplication, register);

    /// <inheritdoc/>
    public Task LoseAsync(string name) => Other.RevokeAsync(LockKey.From(name), by: "a test");

    /// <summary>Waits until attempts wait for a lock.</summary>
    public Task HasWaitersAsync(string key, int count) =>
        Eventually.HoldsAsync(async () => (await Other.DescribeAsync(key)).Waiters == count, what: $"{count} waiters for {key}");

    /// <summary>Waits until a lock is free.</summary>
    public Task IsFreeAsync(string key) =>
        Eventually.HoldsAsync(async () => (await Other.DescribeAsync(key)).State == LockStates.Free, what: $"that {key} is free");

    /// <summary>Waits until the lease of a grant has been extended.</summary>
    public Task IsRenewedAsync(string key, long fencingToken) => Eventually.HoldsAsync(
        async () => (await Other.DescribeAsync(key)).Holder is { RenewedAt: not null } holder && holder.FencingToken == fencingToken,
        what: $"that {key} is renewed");

    private static void OfApplication(LockClientOptions client) => (client.Owner, client.DefaultLease) = ("me", Lease);
}
