using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>The records of all processes, put together to calls.</summary>
internal sealed class History
{
    private readonly Dictionary<(string Process, long Number), Call> _calls = [];

    // Each call is asked about them, and a long history has hundreds of thousands of calls.
    private readonly ILookup<string, HistoryRecord> _stops;

    /// <exception cref="InvalidDataException">A record belongs to a call that is not there.</exception>
    public History(IEnumerable<HistoryRecord> records)
    {
        Records = [.. records.OrderBy(record => record.At)];
        // The records of a process are in the order of its calls; those of two calls may have their times in another order.
        foreach (var record in Records.Where(record => record.Kind == RecordKind.Invoke))
            _calls.Add((record.Process, record.Call!.Value), new Call(record));
        foreach (var record in Records)
            Add(record);
        _stops = Records.Where(record => record.Fault == FaultKind.Stopped).ToLookup(record => record.Process);
    }

    /// <summary>Everything, by time.</summary>
    public IReadOnlyList<HistoryRecord> Records { get; }

    /// <summary>Every call, by the time of its beginning.</summary>
    public IEnumerable<Call> Calls => _calls.Values;

    /// <summary>The acquires that got their lock and still held it, by key.</summary>
    public IEnumerable<IGrouping<string, Call>> HoldsByKey => Calls
        .Where(call => call is { Invoke.What: CallKind.Acquire, IsOk: true, Answer.IsHeld: true })
        .GroupBy(call => call.Key);

    /// <summary>How long a process was stopped between two moments, in nanoseconds.</summary>
    public long StoppedBetween(string process, long from, long until)
    {
        long sum = 0, since = -1;
        foreach (var record in _stops[process])
        {
            if (record.Kind == RecordKind.Fault)
                since = record.At;
            else if (since >= 0)
                (sum, since) = (sum + Overlap(since, record.At, from, until), -1);
        }

        return since < 0 ? sum : sum + Overlap(since, long.MaxValue, from, until);
    }

    private static long Overlap(long begin, long end, long from, long until) => Math.Max(0, Math.Min(end, until) - Math.Max(begin, from));

    private void Add(HistoryRecord record)
    {
        switch (record.Kind)
        {
            case RecordKind.Invoke when record.Hold is { } hold:
                CallOf(record, hold).Uses.Add(CallOf(record, record.Call!.Value));
                break;
            case RecordKind.Ok or RecordKind.Fail or RecordKind.Unknown or RecordKind.Wrong:
                CallOf(record, record.Call!.Value).Answer = record;
                break;
            case RecordKind.Queued:
                CallOf(record, record.Call!.Value).Ranks.Add(record);
                break;
            case RecordKind.Holds:
                CallOf(record, record.Hold!.Value).Looks.Add(record);
                break;
        }
    }

    private Call CallOf(HistoryRecord record, long number) => _calls.TryGetValue((record.Process, number), out var call)
        ? call
        : throw new InvalidDataException($"{record.Process} has written '{record.Kind}' of call {number}, which did not begin.");
}
