using Locks.Coordinator.Storage;

namespace Locks.Testing.History;

/// <summary>The in-memory store, with every write on record.</summary>
internal sealed class RecordingLockStore(LockHistory journal) : ILockStore, IDisposable
{
    private readonly InMemoryLockStore _store = new();
    // A lock can be written by its own message and by one of its shared lease: what is stored first is written down first.
    private readonly SemaphoreSlim _turn = new(1);

    public ILeaseStore Leases => _store.Leases;

    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        _store.LoadAsync(ids, cancellationToken);

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var refused = await _store.CommitAsync(writes, cancellationToken).ConfigureAwait(false);
            foreach (var write in writes.Where(write => !refused.Contains(write.Id)))
                journal.WriteDown(write);
            return refused;
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        _store.FindOverdueAsync(dueBefore, limit, cancellationToken);

    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        _store.PurgeIdleAsync(idleSince, limit, cancellationToken);

    public void Dispose() => _turn.Dispose();
}
