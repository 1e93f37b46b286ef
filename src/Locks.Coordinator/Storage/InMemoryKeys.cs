namespace Locks.Coordinator.Storage;

/// <summary>
/// The locks of an <see cref="InMemoryLockStore"/> in the order of their keys, for lists. Only a new key and a purge change the order.
/// Not safe for use by several at once.
/// </summary>
internal sealed class InMemoryKeys
{
    private readonly SortedSet<Entry> _entries = new(Comparer<Entry>.Create((one, other) => KeyOrder.Instance.Compare(one.Key, other.Key)));
    private readonly HashSet<Entry> _contended = [];

    /// <summary>All locks.</summary>
    public IReadOnlyCollection<Entry> All => _entries;

    /// <summary>The locks that attempts wait for, in no order.</summary>
    public IReadOnlyCollection<Entry> Contended => _contended;

    /// <summary>A lock has a row now.</summary>
    public void Add(Entry entry) => _entries.Add(entry);

    /// <summary>A lock was purged.</summary>
    public void Remove(Entry entry)
    {
        _entries.Remove(entry);
        _contended.Remove(entry);
    }

    /// <summary>A lock was written.</summary>
    public void Put(Entry entry, StoredLock stored)
    {
        if (stored.State.Waiters.Count == 0 && entry.Stored is { State.Waiters.Count: > 0 })
            _contended.Remove(entry);
        else if (stored.State.Waiters.Count > 0)
            _contended.Add(entry);
        entry.Stored = stored;
    }

    /// <summary>The locks whose keys are not before a key, in order.</summary>
    public IEnumerable<Entry> From(string key) =>
        _entries.Max is { } last && KeyOrder.Instance.Compare(key, last.Key) <= 0 ? _entries.GetViewBetween(new Entry(key), last) : [];

    /// <summary>A lock's place in the list.</summary>
    public sealed class Entry(string key)
    {
        public string Key { get; } = key;

        /// <summary>The lock as it was written last; nothing before that.</summary>
        public StoredLock? Stored { get; set; }
    }
}
