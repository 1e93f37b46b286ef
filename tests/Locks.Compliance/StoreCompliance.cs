using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using Xunit;

namespace Locks.Compliance;

/// <summary>A store that must behave like every other.</summary>
public abstract class StoreCompliance : IAsyncLifetime
{
    /// <summary>The store, empty when a test begins.</summary>
    private protected ILockStore Store { get; private set; } = null!;

    /// <summary>The running test's cancellation.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Makes a store with nothing in it.</summary>
    private protected abstract ValueTask<ILockStore> EmptyStoreAsync();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Store = await EmptyStoreAsync();

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Fails unless two locks are the same in every field, the secret ones too.</summary>
    private protected static void AssertSame(LockState expected, LockState actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);

        Assert.Equal(expected with { Waiters = WaitQueue.Empty }, actual with { Waiters = WaitQueue.Empty });
        Assert.Equal(expected.Waiters.InOrder, actual.Waiters.InOrder);
    }

    /// <summary>The id of a lock.</summary>
    private protected static Guid Id(LockState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return LockKey.ToId(state.Key);
    }

    /// <summary>Writes locks, of which none may be refused.</summary>
    private protected async Task CommitAsync(params LockWrite[] writes) => Assert.Empty(await Store.CommitAsync(writes, Cancel));

    /// <summary>Reads a lock that is stored.</summary>
    private protected Task<StoredLock> LoadAsync(LockState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return LoadAsync(state.Key);
    }

    /// <summary>Reads a lock that is stored.</summary>
    private protected async Task<StoredLock> LoadAsync(string key) => Assert.Single(await Store.LoadAsync([LockKey.ToId(key)], Cancel));
}
