using Locks.Histories;
using Locks.Histories.Checking;
using Locks.Histories.Records;
using Xunit;

namespace Locks.Simulation.Tests.Histories;

/// <summary>Writes a history by hand. Times are milliseconds; all of it is about one lock, with a lease of 2 s.</summary>
internal sealed class Story
{
    private const string Key = "a";
    private const double Lease = 2_000;

    private readonly List<HistoryRecord> _records = [];
    private long _calls;
    private long _versions;

    /// <summary>A caller asks for the lock.</summary>
    /// <returns>The call.</returns>
    public (string Process, long Call) Asks(string process, double at, double bound = 10_000)
    {
        var call = ++_calls;
        Add(Invoke(process, at, call, CallKind.Acquire, bound) with { Lease = Lease });
        return (process, call);
    }

    /// <summary>A caller is told that it waits.</summary>
    public Story Waits((string Process, long Call) caller, double at, int rank = 1) =>
        Add(new() { At = Ns(at), Process = caller.Process, Kind = RecordKind.Queued, Call = caller.Call, Rank = rank });

    /// <summary>A caller gets the lock.</summary>
    public Story Gets((string Process, long Call) caller, double at, long fence, bool isHeld = true) =>
        Add(new() { At = Ns(at), Process = caller.Process, Kind = RecordKind.Ok, Call = caller.Call, Fence = fence, IsHeld = isHeld });

    /// <summary>A holder looks, and still holds the lock.</summary>
    public Story Holds((string Process, long Call) holder, double at) =>
        Add(new() { At = Ns(at), Process = holder.Process, Kind = RecordKind.Holds, Hold = holder.Call });

    /// <summary>A holder calls something, and is answered.</summary>
    public (string Process, long Call) Calls(
        (string Process, long Call) holder, CallKind what, double from, double until, RecordKind answer = RecordKind.Ok)
    {
        var call = ++_calls;
        Add(Invoke(holder.Process, from, call, what, bound: 10_000) with { Hold = holder.Call });
        Add(new() { At = Ns(until), Process = holder.Process, Kind = answer, Call = call });
        return (holder.Process, call);
    }

    /// <summary>The resource accepts a write.</summary>
    public Story Accepts((string Process, long Call) write, long fence) =>
        Add(new()
        {
            At = 0,
            Process = write.Process,
            Kind = RecordKind.Accepted,
            Call = write.Call,
            Key = Key,
            Fence = fence,
            Version = ++_versions,
        });

    /// <summary>One caller has the lock for a time, from the call on, and releases it.</summary>
    public (string Process, long Call) Cycle(string process, double asked, double from, double until, long fence)
    {
        var caller = Asks(process, asked);
        Gets(caller, from, fence);
        Calls(caller, CallKind.Release, until, until + 1);
        return caller;
    }

    public Story Add(HistoryRecord record)
    {
        _records.Add(record);
        return this;
    }

    public static long Ns(double milliseconds) => (long)(milliseconds * 1e6);

    /// <summary>What the checker finds.</summary>
    public IReadOnlyList<Violation> Check() => HistoryChecker.Check(_records);

    /// <summary>The checker finds nothing.</summary>
    public void IsRight() => Assert.Empty(Check());

    /// <summary>The checker finds that one promise is broken, and nothing else.</summary>
    public void Breaks(string promise) => Assert.Equal([promise], Check().Select(violation => violation.Promise).Distinct());

    private static HistoryRecord Invoke(string process, double at, long call, CallKind what, double bound) =>
        new() { At = Ns(at), Process = process, Kind = RecordKind.Invoke, Call = call, What = what, Key = Key, Bound = bound };
}
