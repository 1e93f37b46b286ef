using Locks.Histories;
using Locks.Histories.Checking;
using Locks.Histories.Measuring;
using Locks.Histories.Records;
using Locks.Verification.Clients;

namespace Locks.Verification.Running;

/// <summary>What came out of a run.</summary>
/// <param name="Settings">What was run.</param>
/// <param name="Operations">How many calls clients began.</param>
/// <param name="Faults">How many faults there were.</param>
/// <param name="Held">How many locks were held when a fault began.</param>
/// <param name="Lost">How many of these their holders did not release: they were lost, and ended with their leases.</param>
/// <param name="Orders">How many times the history showed which of two callers has to come first.</param>
/// <param name="Lasting">How long the longest fault lasted.</param>
/// <param name="Gap">The longest time without any grant while load ran.</param>
/// <param name="KeyGap">The longest time without a grant of one of the keys.</param>
/// <param name="Normal">The longest time from the end of a fault until service was normal.</param>
/// <param name="FreeAfter">How long after the end of the load all locks were free.</param>
/// <param name="Violations">The promises that were broken, and the bound if it was exceeded.</param>
internal sealed record RunReport(
    RunSettings Settings, int Operations, int Faults, int Held, int Lost, int Orders, TimeSpan Lasting, TimeSpan Gap,
    TimeSpan KeyGap, TimeSpan Normal, TimeSpan FreeAfter, IReadOnlyList<Violation> Violations)
{
    /// <summary>Checks a history, and measures it.</summary>
    /// <param name="settings">What was run.</param>
    /// <param name="records">The history.</param>
    /// <param name="run">The run that wrote it.</param>
    /// <param name="from">When the load was steady.</param>
    /// <param name="until">When the load ended.</param>
    public static RunReport Of(
        RunSettings settings, IReadOnlyList<HistoryRecord> records, ScenarioRun run, long from, long until)
    {
        var faults = run.Faults.Faults;
        var service = new Service(LoadCaller.Keys);
        service.Add(records.Where(record => record.Kind != RecordKind.Accepted));
        var (held, lost) = HeldAt.Count(records, [.. faults.Select(fault => fault.BegunAt)]);
        var normal = TimeUntilNormal(service, faults);
        List<Violation> violations = [.. HistoryChecker.Check(records)];
        if (normal > settings.Scenario.Bound)
            violations.Add(new("bound", $"service was normal after {Text(normal)}, and has to be within {Text(settings.Scenario.Bound)}"));
        var lasting = TimeOf(faults.Select(fault => fault.EndedAt - fault.BegunAt).DefaultIfEmpty().Max());
        var gap = TimeOf(service.LongestGapOfAKey(from, until));
        var longest = lasting + settings.Scenario.Bound;
        if (gap > longest)
            violations.Add(new("bound", $"a key was not granted for {Text(gap)}, and has to be within {Text(longest)}"));
        return new RunReport(
            settings,
            records.Count(record => record.Kind == RecordKind.Invoke),
            faults.Count,
            held,
            lost,
            HistoryChecker.CountKnownOrders(records),
            lasting,
            TimeOf(service.LongestGap(from, until)),
            gap,
            normal,
            run.FreeAfter,
            violations);
    }

    /// <summary>A time for people.</summary>
    public static string Text(TimeSpan time) =>
        time == TimeSpan.MaxValue ? "never" : FormattableString.Invariant($"{time.TotalSeconds:0.0} s");

    /// <summary>The longest. A fault that begins before service is normal goes on with the one before.</summary>
    private static TimeSpan TimeUntilNormal(Service service, IReadOnlyList<FaultLog.Fault> faults)
    {
        var longest = TimeSpan.Zero;
        for (var index = 0; index < faults.Count; index++)
        {
            var normal = service.NormalAfter(faults[index].EndedAt);
            if (index + 1 < faults.Count && (normal is null || faults[index + 1].BegunAt < normal))
                continue;
            var took = normal is { } at ? TimeOf(at - faults[index].EndedAt) : TimeSpan.MaxValue;
            longest = took > longest ? took : longest;
        }

        return longest;
    }

    private static TimeSpan TimeOf(long nanoseconds) => TimeSpan.FromMicroseconds(nanoseconds / 1e3);
}
