using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Deadlocks;

/// <summary>A circle of waits: the holder of each waits in the next, and the last one's in the first.</summary>
internal sealed record Cycle(IReadOnlyList<InspectedWait> Waits)
{
    /// <summary>The attempt that came last. Without it, the circle would not be closed.</summary>
    public InspectedWait Youngest => Waits.MaxBy(wait => wait.QueuedAt)!;

    /// <summary>Whether it is the same circle of the same attempts and grants.</summary>
    public bool IsSameAs(Cycle other) => Waits.SequenceEqual(other.Waits, WaitComparer.Instance);

    /// <summary>The cycle as it is now, or <see langword="null"/> when it is no longer there.</summary>
    /// <param name="waits">The waits that there are now, told apart by <see cref="WaitComparer"/>.</param>
    public Cycle? AsOf(HashSet<InspectedWait> waits)
    {
        var now = new List<InspectedWait>(Waits.Count);
        foreach (var wait in Waits)
        {
            if (!waits.TryGetValue(wait, out var found))
                return null;
            now.Add(found);
        }

        return new Cycle(now);
    }
}
