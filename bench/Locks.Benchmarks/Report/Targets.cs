using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Report;

/// <summary>What Locks is meant to reach, most of it in times of what was measured beside it.</summary>
internal static class Targets
{
    private const int Ten = 10;
    private const int TenThousand = 10_000;
    private const int Million = 1_000_000;

    public static readonly IReadOnlyList<Target> All =
    [
        Throughput(64, CandidateList.InMemory, 2.0, CandidateList.RawRpc),
        Throughput(256, CandidateList.InMemory, 3.0, CandidateList.RawRpc),
        Throughput(1_024, CandidateList.InMemory, 4.5, CandidateList.RawRpc),
        Throughput(64, CandidateList.Durable, 1.2, CandidateList.RawRpc),
        Throughput(256, CandidateList.Durable, 2.0, CandidateList.RawRpc),
        Throughput(1_024, CandidateList.Durable, 3.0, CandidateList.RawRpc),
        Throughput(64, CandidateList.Durable, 4.0, CandidateList.Advisory),
        Latency(CandidateList.InMemory, 2.5),
        Latency(CandidateList.Durable, 3.5),
        .. HandOffs(Shapes.Waiting(16), 1.0),
        .. HandOffs(Shapes.Waiting(64), 1.0),
        .. HandOffs(Shapes.Waiting(Contended.Processes, Contended.EachProcess), 0.6),
        Found(ScenarioNames.Waiters, Shapes.Waiting(TenThousand), Waiters.Cost, $"a hand-off's cost, times that with {Ten}", Bound.AtMost, 1.3),
        Found(ScenarioNames.Waiters, Shapes.Waiting(TenThousand), Waiters.Memory, "bytes of coordinator memory per waiter", Bound.AtMost, 1_536),
        Found(ScenarioNames.Waiters, Shapes.Waiting(TenThousand), Waiters.Heartbeats, "messages per client process and interval", Bound.AtMost, 1),
        RenewalsGrow(),
        Found(
            ScenarioNames.Renewals, Renewals.Shape(Renewals.Many, HowHeld.OwnLeases), Renewals.LocksPerMessage, Renewals.LocksPerMessage, Bound.AtLeast, 2),
        new Target(
            ScenarioNames.Rows,
            Shapes.Rows(Million),
            "cycles/s, times those with 1,000 rows",
            Bound.AtLeast,
            0.8,
            figures => Entry(figures, Shapes.Rows(Million), CandidateList.Durable)?.To(CandidateList.Durable)?.PerSecond),
        Found(ScenarioNames.Restart, Restart.Shape, Restart.Acquired, $"seconds {Restart.Acquired}", Bound.AtMost, 10),
        Found(ScenarioNames.Restart, Restart.Shape, Restart.Renewed, $"seconds {Restart.Renewed}", Bound.AtMost, 10),
        .. Telemetry.Callers.Select(callers => Found(
            ScenarioNames.Telemetry, Shapes.InFlight(callers), Telemetry.Cycles, $"% {Telemetry.Cycles}", Bound.AtLeast, 97)),
    ];

    private static Target Throughput(int callers, string name, double limit, string floor) => new(
        ScenarioNames.Uncontended,
        Shapes.InFlight(callers),
        $"{name}: cycles/s, times {floor}",
        Bound.AtLeast,
        limit,
        figures => Entry(figures, Shapes.InFlight(callers), name)?.To(floor)?.PerSecond);

    private static Target Latency(string name, double limit) => new(
        ScenarioNames.Sequential,
        Sequential.Shape,
        $"{name}: p50 of an acquire, times {CandidateList.RawRpc}",
        Bound.AtMost,
        limit,
        figures => Entry(figures, Sequential.Shape, name)?.To(CandidateList.RawRpc)?.FirstP50);

    private static IEnumerable<Target> HandOffs(string shape, double limit)
    {
        yield return new Target(
            ScenarioNames.Contended,
            shape,
            $"{CandidateList.Durable}: hand-offs/s, times {CandidateList.Advisory}",
            Bound.AtLeast,
            limit,
            figures => Entry(figures, shape, CandidateList.Durable)?.To(CandidateList.Advisory)?.PerSecond);
        yield return new Target(
            ScenarioNames.Contended,
            shape,
            $"{CandidateList.Durable}: fairness",
            Bound.AtLeast,
            0.9,
            figures => Entry(figures, shape, CandidateList.Durable)?.Medians.Fairness);
    }

    private static Target Found(string scenario, string shape, string name, string what, Bound bound, double limit) =>
        new(scenario, shape, what, bound, limit, figures => Metric(figures, shape, name));

    // One message more or less is where the interval happens to begin.
    private static Target RenewalsGrow() => new(
        ScenarioNames.Renewals,
        Renewals.Shape(Renewals.Many, HowHeld.SharedLease),
        "messages per interval, more than with 1,000 locks",
        Bound.AtMost,
        1,
        figures => Metric(figures, Renewals.Shape(Renewals.Many, HowHeld.SharedLease), Renewals.Messages)
            - Metric(figures, Renewals.Shape(Renewals.Few, HowHeld.SharedLease), Renewals.Messages));

    private static EntryFigures? Entry(ScenarioFigures figures, string shape, string name) =>
        figures.Entries.FirstOrDefault(entry => entry.Shape == shape && entry.Name == name);

    private static double? Metric(ScenarioFigures figures, string shape, string name) =>
        figures.Metrics.FirstOrDefault(metric => metric.Shape == shape && metric.Name == name)?.Median;
}
