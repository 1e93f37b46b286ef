using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>
/// Every call ends within its bound (G12), which counts while its process runs. A process that is killed ends its calls; one that ends in
/// good order has none left.
/// </summary>
internal sealed class CallRule : IRule
{
    public IEnumerable<Violation> Check(History history)
    {
        if (history.Records.Count == 0)
            yield break;

        var end = history.Records[^1].At;
        var killedAt = history.Records.Where(record => record is { Kind: RecordKind.Fault, Fault: FaultKind.Killed })
            .ToDictionary(record => record.Process, record => record.At);
        var ended = history.Records.Where(record => record.Kind == RecordKind.Ended).Select(record => record.Process).ToHashSet();
        foreach (var call in history.Calls)
        {
            var until = call.Answer?.At ?? (killedAt.TryGetValue(call.Process, out var killed) ? killed : end);
            var took = (until - call.Invoke.At - history.StoppedBetween(call.Process, call.Invoke.At, until)) / 1e6;
            if (took > call.Invoke.Bound)
                yield return new("G12", $"the {Name(call)}, {call}, took {took:0} ms, and has to end within {call.Invoke.Bound:0} ms");
            else if (call.Answer is null && ended.Contains(call.Process))
                yield return new("G12", $"the {Name(call)}, {call}, had no end when its process ended");
        }
    }

    private static string Name(Call call) => $"{call.Invoke.What} of '{call.Key}'";
}
