using Locks.Client;
using Locks.Contracts;
using Locks.DistributedLock;
using Medallion.Threading;
using Xunit;

namespace Locks.Compliance.Adapters;

/// <summary>Locks, on one transport and store, for all cases of a class.</summary>
/// <param name="fixture">The transport and the store.</param>
public abstract class LocksSubject(LockFixture fixture) : IDistributedLockSubject, IAsyncLifetime
{
    private ILockClient? _operator;
    private IDistributedLockProvider? _provider;

    /// <inheritdoc/>
    public IDistributedLockProvider Provider => _provider ?? throw new InvalidOperationException("The subject is not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await fixture.StartAsync();
        _provider = new LocksDistributedLockProvider(fixture.NewClient());
        _operator = fixture.NewClient();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return fixture.DisposeAsync();
    }

    /// <inheritdoc/>
    public Task LoseAsync(string name) => _operator!.RevokeAsync(LockKey.From(name), by: "a test");
}
