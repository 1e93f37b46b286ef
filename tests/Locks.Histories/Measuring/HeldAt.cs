using Locks.Histories.Checking;
using Locks.Histories.Records;

namespace Locks.Histories.Measuring;

/// <summary>What was held when a fault began.</summary>
public static class HeldAt
{
    /// <summary>Counts the locks that callers held at one of some moments, and those of them that their holders did not release.</summary>
    /// <param name="records">The history.</param>
    /// <param name="moments">The moments, in nanoseconds.</param>
    public static (int Held, int NotReleased) Count(IEnumerable<HistoryRecord> records, IReadOnlyCollection<long> moments)
    {
        var held = new History(records).HoldsByKey.SelectMany(holds => holds)
            .Where(hold => moments.Any(moment => hold.Answer!.At <= moment && moment <= EndOf(hold)))
            .ToList();
        return (held.Count, held.Count(hold => ReleaseOf(hold)?.IsOk is not true));
    }

    private static Call? ReleaseOf(Call hold) => hold.Uses.Find(use => use.Invoke.What == CallKind.Release);

    private static long EndOf(Call hold) =>
        ReleaseOf(hold)?.Invoke.At ?? hold.Looks.Select(look => look.At).Append(LeaseEndOf(hold)).Max();

    private static long LeaseEndOf(Call hold) => hold.Answer!.At + (long)(hold.Invoke.Lease!.Value * 1e6);
}
