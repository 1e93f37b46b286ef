using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>
/// First in, first out (G4), where a history shows the order: one caller had been told that it waits before another one called, and both
/// got the lock. The first then comes first, as long as it is sure that its attempt is the one that it was told of. An attempt ends,
/// and its caller goes to the end of the queue, when an offer is not confirmed, when its session is silent, or when a cohort is lost with
/// the member before. So the order counts as known only while
/// <list type="bullet">
/// <item>the caller's rank has not risen;</item>
/// <item>it has waited for less than 20 s: a session is silent after 30 s;</item>
/// <item>no time has passed without a known holder in which an unseen offer may have run out (half of the shorter of its lease and the
/// confirmation window);</item>
/// <item>no hold of its own process has ended other than by a release that was done.</item>
/// </list>
/// </summary>
internal sealed class QueueRule : IRule
{
    private const double LongestWait = 20e9;
    private const double ConfirmationWindow = 10e9;

    public IEnumerable<Violation> Check(History history) => history.HoldsByKey.SelectMany(Check);

    /// <summary>How many times one caller had called after another was known to wait.</summary>
    public static int CountKnownOrders(History history) => history.HoldsByKey.Sum(holds => holds.Sum(first => KnownSince(first) is { } since
        ? holds.Count(second => second.Invoke.At > since && second.Invoke.At < first.Answer!.At)
        : 0));

    private static IEnumerable<Violation> Check(IGrouping<string, Call> holds)
    {
        var byFence = holds.OrderBy(call => call.Answer!.Fence).ToList();
        for (var index = 0; index < byFence.Count; index++)
        {
            var first = byFence[index];
            if (KnownSince(first) is not { } since)
                continue;

            var before = byFence.Take(index).Reverse().TakeWhile(call => call.Answer!.At > since).ToList();
            foreach (var second in before)
            {
                if (second.Invoke.At > since && KeepsItsPlace(first, since, second, byFence))
                    yield return new("G4", $"{second} got '{holds.Key}' before {first}, which had waited for it already");
            }
        }
    }

    /// <summary>Since when the caller's place is known: its first rank, or the last one that was higher than the one before.</summary>
    private static long? KnownSince(Call call)
    {
        long? since = null;
        var last = int.MinValue;
        foreach (var record in call.Ranks)
        {
            since = since is null || record.Rank > last ? record.At : since;
            last = record.Rank!.Value;
        }

        return since;
    }

    private static bool KeepsItsPlace(Call first, long since, Call second, List<Call> byFence)
    {
        var until = second.Answer!.At;
        if (until - since > LongestWait)
            return false;

        var offer = Math.Min(ConfirmationWindow, first.Invoke.Lease!.Value * 1e6) / 2;
        var covered = since;
        foreach (var hold in byFence.Where(call => call.Answer!.At < until && EndOf(call) > since))
        {
            if (hold.Answer!.At - covered > offer || (hold.Process == first.Process && !IsReleased(hold)))
                return false;
            covered = Math.Max(covered, EndOf(hold));
        }

        return until - covered <= offer;
    }

    private static bool IsReleased(Call hold) => hold.Uses.Exists(use => use is { Invoke.What: CallKind.Release, IsOk: true });

    private static long EndOf(Call hold) =>
        hold.Uses.Where(use => use is { Invoke.What: CallKind.Release, IsOk: true }).Select(use => use.Invoke.At)
            .Concat(hold.Looks.Select(look => look.At)).DefaultIfEmpty(hold.Answer!.At).Max();
}
