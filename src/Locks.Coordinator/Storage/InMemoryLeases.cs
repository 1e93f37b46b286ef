using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;

namespace Locks.Coordinator.Storage;

/// <summary>The shared leases of an <see cref="InMemoryLockStore"/>, under the same gate.</summary>
internal sealed class InMemoryLeases(Lock gate, Func<Guid, IEnumerable<StoredLock>> locksOn) : ILeaseStore
{
    private readonly Dictionary<Guid, Row> _rows = [];
    private readonly DueTimeIndex<Row> _due = new(row => row.Stored?.State.DueAt);
    private readonly DueTimeIndex<Row> _ended = new(row => row.Stored is { State.Stage: LeaseStage.Ended } ? row.WrittenAt : null);

    /// <summary>A lease as a lock sees it. To be called under the gate.</summary>
    public LeaseSnapshot Find(Guid id) =>
        _rows.TryGetValue(id, out var row) ? row.Stored!.State.AsSeenByLocks() : LeaseSnapshot.NotFound(id);

    /// <summary>A grant with its lease as it is now. To be called under the gate.</summary>
    public Holder? AsItIs(Holder? holder) => holder is { Lease: { } lease } ? holder.OnLease(Find(lease.Id)) : holder;

    /// <summary>A lock with its leases as they are now. To be called under the gate.</summary>
    public StoredLock AsTheyAreIn(StoredLock stored)
    {
        var state = stored.State;
        var holder = AsItIs(state.Holder);
        var waiters = state.Waiters.OnLeases(Find);
        return ReferenceEquals(holder, state.Holder) && ReferenceEquals(waiters, state.Waiters)
            ? stored
            : stored with { State = state with { Holder = holder, Waiters = waiters } };
    }

    /// <summary>The leases that have not ended. To be called under the gate.</summary>
    public IEnumerable<LeaseState> Living => _rows.Values.Select(row => row.Stored!.State).Where(state => state.Stage == LeaseStage.Active);

    /// <summary>How many locks are held on a lease. To be called under the gate.</summary>
    public int CountLocks(Guid leaseId) => HeldOn(leaseId).Count();

    public Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<StoredLease>>(
                [.. ids.Select(id => _rows.GetValueOrDefault(id)?.Stored).OfType<StoredLease>()]);
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
                var row = _rows.GetValueOrDefault(write.State.Id);
                if ((row?.Stored!.Version ?? 0) == write.ExpectedVersion)
                    Put(row, write);
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
                [.. HeldOn(leaseId).OrderBy(stored => stored.State.Waiters.Count == 0).Take(limit).Select(stored => stored.Id)]);
        }
    }

    public Task<IReadOnlyList<Guid>> FindWaitedForAsync(Guid leaseId, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<Guid>>(
            [
                .. locksOn(leaseId)
                    .Where(stored => stored.State.Waiters.Leased.Any(waiter => waiter.Lease!.Id == leaseId))
                    .Take(limit)
                    .Select(stored => stored.Id),
            ]);
        }
    }

    public Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
            return Task.FromResult(CountLocks(leaseId));
    }

    public Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<OverdueLease>>(
            [
                .. _due.Before(dueBefore, limit)
                    .Select(row => row.Stored!.State)
                    .Select(state => new OverdueLease(state.Id, state.DueAt!.Value)),
            ]);
        }
    }

    public Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var ended = _ended.Before(endedSince, limit);
            foreach (var row in ended)
            {
                _rows.Remove(row.Stored!.State.Id);
                row.Stored = null;
            }

            return Task.FromResult(ended.Count);
        }
    }

    private IEnumerable<StoredLock> HeldOn(Guid leaseId) => locksOn(leaseId).Where(stored => stored.State.Holder?.Lease?.Id == leaseId);

    private void Put(Row? row, LeaseWrite write)
    {
        if (row is null)
            _rows.Add(write.State.Id, row = new Row());

        row.Stored = new StoredLease(write.NewVersion, write.State, write.DueTokenId);
        row.WrittenAt = write.WrittenAt;
        _due.Track(row.Due);
        _ended.Track(row.Ended);
    }

    private sealed class Row
    {
        public Row() => (Due, Ended) = (new DueTimeIndex<Row>.Entry(this), new DueTimeIndex<Row>.Entry(this));

        /// <summary>Nothing when it was purged; the due-time indexes may still refer to it.</summary>
        public StoredLease? Stored { get; set; }

        public DateTimeOffset WrittenAt { get; set; }

        public DueTimeIndex<Row>.Entry Due { get; }

        public DueTimeIndex<Row>.Entry Ended { get; }
    }
}
