namespace Locks.Coordinator.Storage;

/// <summary>
/// Keeps locks in this process's memory: the embedded default, and the fast path of tests. Everything is lost when the process ends, so
/// it serves one coordinator, or several in one process.
/// </summary>
public sealed class InMemoryLockStore : ILockStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Row> _rows = [];
    private readonly Dictionary<Guid, HashSet<Guid>> _idsByLease = [];
    private readonly InMemoryLeases _leases;

    /// <summary>An empty store.</summary>
    public InMemoryLockStore() => _leases = new InMemoryLeases(_gate, OnLease);

    /// <inheritdoc/>
    public ILeaseStore Leases => _leases;

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var found = new List<StoredLock>(ids.Count);
            foreach (var id in ids)
            {
                if (_rows.TryGetValue(id, out var row))
                    found.Add(WithLeasesAsTheyAre(row.Stored));
            }

            return Task.FromResult<IReadOnlyList<StoredLock>>(found);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var refused = new HashSet<Guid>();
            foreach (var write in writes)
            {
                var current = _rows.TryGetValue(write.Id, out var row) ? row.Stored.Version : 0;
                if (current == write.ExpectedVersion && (write.AttachesTo is not { } lease || !_leases.Find(lease).HasEnded))
                    Put(new Row(new StoredLock(write.Id, write.NewVersion, write.State, write.ExpiryTokenId), write.WrittenAt), row.Stored);
                else
                    refused.Add(write.Id);
            }

            return Task.FromResult<IReadOnlySet<Guid>>(refused);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var overdue = _rows.Values
                .Select(row => row.Stored.State)
                .Where(state => state.DueAt < dueBefore)
                .OrderBy(state => state.DueAt)
                .Take(limit)
                .Select(state => new OverdueLock(state.Key, state.LastFence, state.DueAt!.Value))
                .ToList();
            return Task.FromResult<IReadOnlyList<OverdueLock>>(overdue);
        }
    }

    /// <inheritdoc/>
    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var idle = _rows.Values
                .Where(row => row.Stored.State.Holder is null && row.WrittenAt < idleSince)
                .Take(limit)
                .Select(row => row.Stored.Id)
                .ToList();
            idle.ForEach(id => _rows.Remove(id));
            return Task.FromResult(idle.Count);
        }
    }

    private StoredLock WithLeasesAsTheyAre(StoredLock stored)
    {
        var state = stored.State;
        var holder = state.Holder is { SharedLease: { } lease } leased ? leased.OnLease(_leases.Find(lease.Id)) : state.Holder;
        var waiters = state.Waiters.OnLeases(_leases.Find);
        return ReferenceEquals(holder, state.Holder) && ReferenceEquals(waiters, state.Waiters)
            ? stored
            : stored with { State = state with { Holder = holder, Waiters = waiters } };
    }

    private void Put(Row row, StoredLock? before)
    {
        var id = row.Stored.Id;
        _rows[id] = row;
        if (before?.State.Holder?.SharedLease?.Id is { } left && _idsByLease[left] is var ids && ids.Remove(id) && ids.Count == 0)
            _idsByLease.Remove(left);
        if (row.Stored.State.Holder?.SharedLease?.Id is not { } lease)
            return;

        if (!_idsByLease.TryGetValue(lease, out var onLease))
            _idsByLease.Add(lease, onLease = []);
        onLease.Add(id);
    }

    private IEnumerable<StoredLock> OnLease(Guid leaseId) =>
        _idsByLease.GetValueOrDefault(leaseId)?.Select(id => _rows[id].Stored) ?? [];

    private readonly record struct Row(StoredLock Stored, DateTimeOffset WrittenAt);
}
