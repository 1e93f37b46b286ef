using Locks.Histories.Records;

namespace Locks.Histories.Measuring;

/// <summary>
/// The service that the callers of a history got. Callers want every key all the time, so a time without a grant is a time without
/// service. Times are nanoseconds.
/// </summary>
public sealed class Service
{
    // As ServiceProbe has it: steady for two seconds, with an answer in each.
    private const long Prompt = 1_000_000_000;
    private const long Steady = 2_000_000_000;

    private readonly Dictionary<string, List<long>> _grants = [];
    private readonly Dictionary<(string Process, long Call), string> _keys = [];

    /// <param name="keys">The keys that callers want.</param>
    public Service(IEnumerable<string> keys)
    {
        foreach (var key in keys)
            _grants.Add(key, []);
    }

    /// <summary>Takes the grant of a key into account, if it is one of those that callers want.</summary>
    /// <param name="key">The lock's key.</param>
    /// <param name="at">When its caller got it.</param>
    public void Add(string key, long at)
    {
        if (_grants.TryGetValue(key, out var grants))
            grants.Add(at);
    }

    /// <summary>Takes the grants of a history into account, or of its next part; each process's records are in their order.</summary>
    public void Add(IEnumerable<HistoryRecord> records)
    {
        foreach (var record in records)
        {
            if (record is { Kind: RecordKind.Invoke, What: CallKind.Acquire })
                _keys.Add((record.Process, record.Call!.Value), record.Key!);
            else if (record is { Kind: RecordKind.Ok, Fence: not null } && _keys.Remove((record.Process, record.Call!.Value), out var key))
                Add(key, record.At);
        }
    }

    /// <summary>The longest time between two moments in which no key was granted.</summary>
    public long LongestGap(long from, long until) => LongestGap(_grants.Values.SelectMany(grants => grants), from, until);

    /// <summary>The longest time between two moments in which one of the keys was not granted.</summary>
    public long LongestGapOfAKey(long from, long until) => _grants.Values.Max(grants => LongestGap(grants, from, until));

    /// <summary>
    /// When service was normal after a moment: from when on every key was granted, and again within a second, for two seconds.
    /// </summary>
    /// <returns>That moment; absent if it has not come.</returns>
    public long? NormalAfter(long moment)
    {
        var normal = moment;
        foreach (var grants in _grants.Values)
        {
            if (NormalAfter(grants, moment) is not { } ofKey)
                return null;
            normal = Math.Max(normal, ofKey);
        }

        return normal;
    }

    private static long LongestGap(IEnumerable<long> grants, long from, long until)
    {
        long longest = 0, last = from;
        foreach (var at in grants.Where(at => at > from && at < until).Append(until).Order())
            (longest, last) = (Math.Max(longest, at - last), at);
        return longest;
    }

    private static long? NormalAfter(List<long> grants, long moment)
    {
        long? since = null;
        var last = moment;
        foreach (var at in grants.Where(at => at >= moment).Order())
        {
            if (since is null || at - last > Prompt)
                since = at;
            last = at;
            if (at - since >= Steady)
                return since;
        }

        return null;
    }
}
