using Locks.Histories.Model;
using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>
/// What clients knew: that they held a lock, at the moments at which they looked, and at the beginning of a renewal or a release that the
/// coordinator or the client then said was done. The model is that of the simulation.
/// </summary>
internal sealed class HoldRule : IRule
{
    public IEnumerable<Violation> Check(History history) => history.HoldsByKey.SelectMany(holds => Check(holds.Key, holds));

    private static List<Violation> Check(string key, IEnumerable<Call> holds)
    {
        var violations = new List<Violation>();
        var mutex = new FencedMutex(key, violations.Add);
        var steps = new List<(long At, Action Take)>();
        foreach (var call in holds)
        {
            Hold? hold = null;
            steps.Add((call.Answer!.At, () => hold = mutex.Got($"{call}", call.Answer.Fence!.Value, TimeOf(call.Answer.At))));
            foreach (var at in KnownAt(call))
                steps.Add((at, () => mutex.Holds(hold!, TimeOf(at))));
            foreach (var write in call.Uses.Where(use => IsRefusedWhileHeld(use, call)))
                steps.Add((write.Answer!.At, () => mutex.Refused(hold!)));
        }

        // What has the same time keeps its order.
        foreach (var (_, take) in steps.OrderBy(step => step.At))
            take();
        return violations;
    }

    private static IEnumerable<long> KnownAt(Call call) => call.Looks.Select(look => look.At).Concat(call.Uses
        .Where(use => use is { IsOk: true, Invoke.What: CallKind.Renew or CallKind.Release })
        .Select(use => use.Invoke.At));

    private static bool IsRefusedWhileHeld(Call use, Call call) =>
        use is { Invoke.What: CallKind.Write, Answer.Kind: RecordKind.Fail } && call.Looks.Exists(look => look.At >= use.Answer.At);

    // The model only compares.
    private static TimeSpan TimeOf(long nanoseconds) => TimeSpan.FromTicks(nanoseconds);
}
