using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The locks that were used last, as they were stored last: decisions on them need no read. Whether they are still current shows at the
/// commit, by their version. Bounded by weight, where each waiter weighs as much as a lock.
/// </summary>
/// <remarks>
/// Two generations: what is used enters the new one. When that holds half of the limit it becomes the old one, and the former old one, of
/// which nothing was used for so long, is dropped. That is nearly "least recently used", at the cost of a look into a dictionary.
/// </remarks>
internal sealed class LockCache(int limit)
{
    private Dictionary<Guid, StoredLock> _new = [];
    private Dictionary<Guid, StoredLock> _old = [];
    private int _weight;

    public StoredLock? Find(Guid id)
    {
        if (_new.TryGetValue(id, out var recent))
            return recent;
        if (!_old.Remove(id, out var former))
            return null;

        Put(former);
        return former;
    }

    public void Put(StoredLock stored)
    {
        // Only the lease says until when a lock on it is held, and that is not cached.
        if (stored.State.Holder?.Lease is not null || stored.State.Waiters.AnyOnLeases)
        {
            Remove(stored.Id);
            return;
        }

        _old.Remove(stored.Id);
        if (_new.TryGetValue(stored.Id, out var before))
            _weight -= Weight(before);
        _new[stored.Id] = stored;
        _weight += Weight(stored);
        if (_weight <= limit / 2)
            return;

        (_old, _new, _weight) = (_new, [], 0);
    }

    public void Remove(Guid id)
    {
        _old.Remove(id);
        if (_new.Remove(id, out var recent))
            _weight -= Weight(recent);
    }

    private static int Weight(StoredLock stored) => 1 + stored.State.Waiters.Count;
}
