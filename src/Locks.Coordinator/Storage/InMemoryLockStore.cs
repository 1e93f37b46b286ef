using System.Collections.Immutable;

namespace Locks.Coordinator.Storage;

/// <summary>
/// Keeps locks in this process's memory: the embedded default, and the fast path of tests. Everything is lost when the process ends, so
/// it serves one coordinator, or several in one process.
/// </summary>
internal sealed class InMemoryLockStore : ILockStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Row> _rows = [];
    // By lease: the locks whose holder or waiters name it, each with how many do.
    private readonly Dictionary<Guid, Dictionary<Guid, int>> _idsByLease = [];
    private readonly DueTimeIndex<Row> _due = new(row => row.Stored?.State.DueAt);
    private readonly DueTimeIndex<Row> _idle = new(row => row.Stored is { State.Holder: null } ? row.WrittenAt : null);
    private readonly InMemoryKeys _keys = new();
    private readonly InMemoryLeases _leases;

    /// <summary>An empty store.</summary>
    public InMemoryLockStore()
    {
        _leases = new InMemoryLeases(_gate, OnLease);
        Reader = new InMemoryLockReader(_gate, id => _rows.GetValueOrDefault(id)?.Stored, _keys, _leases);
    }

    /// <inheritdoc/>
    public ILeaseStore Leases => _leases;

    /// <inheritdoc/>
    public ILockReader Reader { get; }

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
                    found.Add(_leases.AsTheyAreIn(row.Stored!));
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
            HashSet<Guid>? refused = null;
            foreach (var write in writes)
            {
                var row = _rows.GetValueOrDefault(write.Id);
                if ((row?.Stored!.Version ?? 0) == write.ExpectedVersion && MayAttach(write))
                    Put(row, write);
                else
                    (refused ??= []).Add(write.Id);
            }

            return Task.FromResult<IReadOnlySet<Guid>>(refused is null ? ImmutableHashSet<Guid>.Empty : refused);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<OverdueLock>>(
            [
                .. _due.Before(dueBefore, limit)
                    .Select(row => row.Stored!.State)
                    .Select(state => new OverdueLock(state.Key, state.LastFence, state.DueAt!.Value)),
            ]);
        }
    }

    /// <inheritdoc/>
    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var idle = _idle.Before(idleSince, limit);
            foreach (var row in idle)
            {
                _rows.Remove(row.Stored!.Id);
                _keys.Remove(row.Listed);
                row.Stored = null;
            }

            return Task.FromResult(idle.Count);
        }
    }

    private bool MayAttach(LockWrite write)
    {
        foreach (var lease in write.AttachesTo)
        {
            if (_leases.Find(lease).HasEnded)
                return false;
        }

        return true;
    }

    private void Put(Row? row, LockWrite write)
    {
        if (row is null)
        {
            _rows.Add(write.Id, row = new Row(write.State.Key));
            _keys.Add(row.Listed);
        }

        var left = row.Stored?.State.Holder?.Lease?.Id;
        row.Stored = new StoredLock(write.Id, write.NewVersion, write.State, write.ExpiryTokenId);
        row.WrittenAt = write.WrittenAt;
        _keys.Put(row.Listed, row.Stored);
        _due.Track(row.Due);
        _idle.Track(row.Idle);
        Move(write.Id, left, write.State.Holder?.Lease?.Id);
        MoveWaiters(row, write);
    }

    private void Move(Guid id, Guid? fromLease, Guid? toLease)
    {
        if (fromLease == toLease)
            return;

        if (fromLease is { } left)
            Detach(id, left);
        if (toLease is { } lease)
            Attach(id, lease);
    }

    /// <summary>By what the write changes: a queue may be long.</summary>
    private void MoveWaiters(Row row, LockWrite write)
    {
        foreach (var ticket in write.Dequeued)
        {
            if (row.LeasesByTicket?.Remove(ticket, out var left) is true)
                Detach(write.Id, left);
        }

        foreach (var waiter in write.Enqueued)
        {
            if (waiter.Lease is { } lease && (row.LeasesByTicket ??= []).TryAdd(waiter.Ticket, lease.Id))
                Attach(write.Id, lease.Id);
        }
    }

    private void Attach(Guid id, Guid lease)
    {
        if (!_idsByLease.TryGetValue(lease, out var ids))
            _idsByLease.Add(lease, ids = []);
        ids[id] = ids.GetValueOrDefault(id) + 1;
    }

    private void Detach(Guid id, Guid lease)
    {
        var ids = _idsByLease[lease];
        if (--ids[id] == 0)
            ids.Remove(id);
        if (ids.Count == 0)
            _idsByLease.Remove(lease);
    }

    private IEnumerable<StoredLock> OnLease(Guid leaseId) =>
        _idsByLease.GetValueOrDefault(leaseId)?.Keys.Select(id => _rows[id].Stored!) ?? [];

    private sealed class Row
    {
        public Row(string key) => (Listed, Due, Idle) =
            (new InMemoryKeys.Entry(key), new DueTimeIndex<Row>.Entry(this), new DueTimeIndex<Row>.Entry(this));

        /// <summary>Nothing when it was purged; the due-time indexes may still refer to it.</summary>
        public StoredLock? Stored { get; set; }

        public DateTimeOffset WrittenAt { get; set; }

        /// <summary>The shared leases of the waiters that name one, by ticket.</summary>
        public Dictionary<long, Guid>? LeasesByTicket { get; set; }

        public InMemoryKeys.Entry Listed { get; }

        public DueTimeIndex<Row>.Entry Due { get; }

        public DueTimeIndex<Row>.Entry Idle { get; }
    }
}
