namespace Locks.Client.Core.Leases;

/// <summary>The shared leases that this client knows to live, or is just asking about.</summary>
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
    /// The lease, known from now on if it was not, so that whoever revokes it meanwhile ends what is about to be granted on it. Forgotten
    /// after the last use if it has not come to life.
    /// </summary>
    public LeaseReference Use(Guid id, Func<Guid, SharedLease> create)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry))
                _entries.Add(id, entry = new Entry(create(id)));
            entry.Uses++;
            return new LeaseReference(this, entry.Lease);
        }
    }

    public void EndUse(SharedLease lease)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(lease.Id, out var entry) && entry.Lease == lease && --entry.Uses == 0 && !lease.Clock.HasStarted)
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

        public int Uses { get; set; }
    }
}
