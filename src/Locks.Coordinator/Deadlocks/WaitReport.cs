using Locks.Contracts;
using Locks.Coordinator.Inspect;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Deadlocks;

/// <summary>Who blocked whom at one moment.</summary>
/// <param name="At">The store's time.</param>
/// <param name="Cycles">The deadlocks.</param>
/// <param name="Blockers">Those who wait for none and that others wait for.</param>
/// <param name="Waits">How many attempts wait.</param>
/// <param name="MinAge">How long an attempt must have waited to count.</param>
/// <param name="Breaks">Whether deadlocks are ended.</param>
/// <param name="IsTruncated">Whether there are more waits than were looked at.</param>
internal sealed record WaitReport(
    DateTimeOffset At,
    IReadOnlyList<Cycle> Cycles,
    IReadOnlyList<(Contender Holder, IReadOnlyList<InspectedWait> Waits, int Blocked)> Blockers,
    int Waits,
    TimeSpan MinAge,
    bool Breaks,
    bool IsTruncated)
{
    private const int MaxDeadlocks = 100;
    private const int MaxKeys = 10;

    /// <summary>The report in the form that travels.</summary>
    public WaitForGraph Describe()
    {
        var describer = new Describer(At);
        return new WaitForGraph(
            At,
            [
                .. Cycles.OrderBy(cycle => cycle.Youngest.QueuedAt).Take(MaxDeadlocks).Select(cycle => new Deadlock(
                    [.. cycle.Waits.Select(describer.Describe)], describer.Since(cycle.Youngest.QueuedAt))),
            ],
            [
                .. Blockers.Select(blocker => new Blocker(
                    blocker.Holder,
                    [.. blocker.Waits.OrderBy(wait => wait.QueuedAt).Select(wait => wait.Key).Distinct().Take(MaxKeys)],
                    blocker.Waits.Count,
                    blocker.Blocked,
                    describer.Since(blocker.Waits.Min(wait => wait.GrantedAt)))),
            ],
            Waits,
            MinAge,
            Breaks,
            IsTruncated);
    }
}
