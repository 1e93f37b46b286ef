using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;

namespace Locks.Coordinator.Storage;

/// <summary>The shared leases of an <see cref="InMemoryLockStore"/>, under the same gate.</summary>
internal sealed class InMemoryLeases(Lock gate, Func<Guid, IEnumerable<StoredLock>> locksOn) : ILeaseStore
{
    private readonly Dictionary<Guid, Row> _rows = [];

    /// <summary>A lease as a lock sees it. To be called under the gate.</summary>
    public SharedLease Find(Guid id) =>
        _rows.TryGetValue(id, out var row) ? row.Stored.State.AsSeenByLocks() : SharedLease.NotFound(id);

    public Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<StoredLease>>(
                [.. ids.Select(id => _rows.GetValueOrDefault(id).Stored).Where(stored => stored is not null)]);
        }
    }

    public Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var refused = new HashSet<Guid>();
            foreach (var write in writes)
            {
                var current = _rows.TryGetValue(write.State.Id, out var row) ? row.Stored.Version : 0;
                if (current == write.ExpectedVersion)
                    _rows[write.State.Id] = new Row(new StoredLease(write.NewVersion, write.State, write.DueTokenId), write.WrittenAt);
                else
                    refused.Add(write.State.Id);
            }

            return Task.FromResult<IReadOnlySet<Guid>>(refused);
        }
    }

    public Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<Guid>>(
                [.. locksOn(leaseId).OrderBy(stored => stored.State.Waiters.Count == 0).Take(limit).Select(stored => stored.Id)]);
        }
    }

    public Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
            return Task.FromResult(locksOn(leaseId).Count());
    }

    public Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<OverdueLease>>(
            [
                .. _rows.Values
                    .Select(row => row.Stored.State)
                    .Where(state => state.DueAt < dueBefore)
                    .OrderBy(state => state.DueAt)
                    .Take(limit)
                    .Select(state => new OverdueLease(state.Id, state.DueAt!.Value)),
            ]);
        }
    }

    public Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var ended = _rows.Values
                .Where(row => row.Stored.State.Stage == LeaseStage.Ended && row.WrittenAt < endedSince)
                .Take(limit)
                .Select(row => row.Stored.State.Id)
                .ToList();
            ended.ForEach(id => _rows.Remove(id));
            return Task.FromResult(ended.Count);
        }
    }

    private readonly record struct Row(StoredLease Stored, DateTimeOffset WrittenAt);
}
