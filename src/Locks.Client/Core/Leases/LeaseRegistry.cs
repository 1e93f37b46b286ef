namespace Locks.Client.Core.Leases;

/// <summary>The shared leases that this client knows to be alive, or that a pending request is about.</summary>
internal sealed class LeaseRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Entry> _entries = [];

    public SharedLease? Find(Guid id)
    {
        lock (_gate)
            return _entries.GetValueOrDefault(id)?.Lease;
    }

    public void Add(SharedLease lease)
    {
        lock (_gate)
            _entries.Add(lease.Id, new Entry(lease));
    }

    /// <summary>
    /// Adds a reference to a lease, and the lease itself if it is not known yet, so that revoking it meanwhile ends what is about to be
    /// granted on it. The lease is removed with its last reference if its clock has not started by then.
    /// </summary>
    public LeaseReference AddReference(Guid id, Func<Guid, SharedLease> create)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry))
                _entries.Add(id, entry = new Entry(create(id)));
            entry.References++;
            return new LeaseReference(this, entry.Lease);
        }
    }

    public void RemoveReference(SharedLease lease)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(lease.Id, out var entry) && entry.Lease == lease && --entry.References == 0 && !lease.Clock.HasStarted)
                _entries.Remove(lease.Id);
        }
    }

    public void Remove(SharedLease lease)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(lease.Id, out var entry) && entry.Lease == lease)
                _entries.Remove(lease.Id);
        }
    }

    private sealed class Entry(SharedLease lease)
    {
        public SharedLease Lease { get; } = lease;

        public int References { get; set; }
    }
}
