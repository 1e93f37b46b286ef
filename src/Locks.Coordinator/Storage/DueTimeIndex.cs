namespace Locks.Coordinator.Storage;

/// <summary>
/// Finds items by a time of theirs that changes often. Each stands in a heap under a time that is not after its own; it is moved there when
/// that is reached, and most changes have nothing to do. Not safe for use by several at once.
/// </summary>
internal sealed class DueTimeIndex<T>(Func<T, DateTimeOffset?> timeOf)
    where T : class
{
    private readonly PriorityQueue<Entry, long> _entries = new();

    /// <summary>To be called whenever the item's time has changed.</summary>
    public void Track(Entry entry)
    {
        if (timeOf(entry.Item) is not { } time || entry.StandsUnder <= time.UtcTicks)
            return;

        entry.StandsUnder = time.UtcTicks;
        _entries.Enqueue(entry, time.UtcTicks);
    }

    /// <summary>The items whose time is before a moment, the earliest first. They stay.</summary>
    public IReadOnlyList<T> Before(DateTimeOffset moment, int limit)
    {
        var found = new List<Entry>();
        while (found.Count < limit && _entries.TryPeek(out var entry, out var ticks) && ticks < moment.UtcTicks)
        {
            _entries.Dequeue();

            // One that was moved to an earlier time stands under the later one, too, until that is reached.
            if (entry.StandsUnder != ticks)
                continue;

            entry.StandsUnder = null;
            if (timeOf(entry.Item)?.UtcTicks == ticks)
                found.Add(entry);
            else
                Track(entry);
        }

        found.ForEach(Track);
        return found.ConvertAll(entry => entry.Item);
    }

    /// <summary>An item's place.</summary>
    public sealed class Entry(T item)
    {
        /// <summary>The item.</summary>
        public T Item { get; } = item;

        /// <summary>The ticks of the time that it stands under, if it does.</summary>
        internal long? StandsUnder { get; set; }
    }
}
