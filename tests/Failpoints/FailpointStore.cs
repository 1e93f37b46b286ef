using Locks.Coordinator.Storage;

namespace Locks.Failpoints;

/// <summary>The store of a coordinator, with failpoints around its commits.</summary>
internal sealed class FailpointStore(ILockStore inner, Fuse fuse) : ILockStore
{
    public ILeaseStore Leases => inner.Leases;

    public ILockReader Reader => inner.Reader;

    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        inner.LoadAsync(ids, cancellationToken);

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        await fuse.BeforeCommitAsync(writes);
        var refused = await inner.CommitAsync(writes, cancellationToken);
        await fuse.AfterCommitAsync(writes);
        return refused;
    }

    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        inner.FindOverdueAsync(dueBefore, limit, cancellationToken);

    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        inner.PurgeIdleAsync(idleSince, limit, cancellationToken);
}
