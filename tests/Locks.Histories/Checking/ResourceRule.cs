using Locks.Histories.Model;
using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>
/// What the guarded resource accepted: tokens never fall, each belongs to a grant of the key, and what it answered is what it did.
/// </summary>
internal sealed class ResourceRule : IRule
{
    public IEnumerable<Violation> Check(History history)
    {
        var violations = new List<Violation>();
        var (writes, acquires) = (Of(history, CallKind.Write), Of(history, CallKind.Acquire));
        var accepted = history.Records.Where(record => record.Kind == RecordKind.Accepted).OrderBy(record => record.Version).ToList();
        foreach (var ofKey in accepted.GroupBy(record => record.Key!))
        {
            var mutex = new FencedMutex(ofKey.Key, violations.Add);
            foreach (var record in ofKey)
                mutex.Accepted($"call {record.Call} of {record.Process}", record.Fence!.Value);
        }

        foreach (var record in accepted)
        {
            if (!writes.TryGetValue((record.Process, record.Call!.Value), out var write))
                violations.Add(new("resource", $"the resource accepted call {record.Call} of {record.Process}, which did not begin"));
            else if (write.Answer?.Kind == RecordKind.Fail)
                violations.Add(new("resource", $"the resource accepted {write}, and said that it had refused it"));
            else if (acquires[(write.Process, write.Invoke.Hold!.Value)].Answer?.Fence != record.Fence)
                violations.Add(new("G3", $"the resource accepted {write} with the token {record.Fence}, which is not that of its grant"));
        }

        var known = accepted.Select(record => (record.Process, record.Call!.Value)).ToHashSet();
        violations.AddRange(writes
            .Where(write => write.Value.IsOk && !known.Contains(write.Key))
            .Select(write => new Violation("resource", $"the resource lost {write.Value}, which it had accepted")));
        return violations;
    }

    private static Dictionary<(string Process, long Number), Call> Of(History history, CallKind what) =>
        history.Calls.Where(call => call.Invoke.What == what).ToDictionary(call => (call.Process, call.Invoke.Call!.Value));
}
