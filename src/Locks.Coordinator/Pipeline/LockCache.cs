using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The locks that were used last, as they were stored last: what is decided on them need not be read first. Whether they still are so is
/// found out at the commit, by their version. Bounded by weight, where each waiter weighs as much as a lock.
/// </summary>
/// <remarks>
/// Two generations: what is used comes into the young one; when that holds half of the limit it becomes the old one, and the old one, of which
/// nothing was used for so long, is forgotten. That is nearly "least recently used", at the cost of a look into a dictionary.
/// </remarks>
internal sealed class LockCache(int limit)
{
    private Dictionary<Guid, StoredLock> _young = [];
    private Dictionary<Guid, StoredLock> _old = [];
    private int _weight;

    public StoredLock? Find(Guid id)
    {
        if (_young.TryGetValue(id, out var young))
            return young;
        if (!_old.Remove(id, out var old))
            return null;

        Keep(old);
        return old;
    }

    public void Keep(StoredLock stored)
    {
        // What a lock on a shared lease is worth, the lease tells, and that is not known here.
        if (stored.State.Holder?.SharedLease is not null || stored.State.Waiters.AnyOnLeases)
        {
            Forget(stored.Id);
            return;
        }

        _old.Remove(stored.Id);
        if (_young.TryGetValue(stored.Id, out var before))
            _weight -= Weight(before);
        _young[stored.Id] = stored;
        _weight += Weight(stored);
        if (_weight <= limit / 2)
            return;

        (_old, _young, _weight) = (_young, [], 0);
    }

    public void Forget(Guid id)
    {
        _old.Remove(id);
        if (_young.Remove(id, out var young))
            _weight -= Weight(young);
    }

    private static int Weight(StoredLock stored) => 1 + stored.State.Waiters.Count;
}
