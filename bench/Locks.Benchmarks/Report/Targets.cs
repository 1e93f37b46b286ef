using Locks.Benchmarks.Contestants;
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
        Throughput(64, Lineup.InMemory, 2.0, Lineup.RawRpc),
        Throughput(256, Lineup.InMemory, 3.0, Lineup.RawRpc),
        Throughput(1_024, Lineup.InMemory, 4.5, Lineup.RawRpc),
        Throughput(64, Lineup.Durable, 1.2, Lineup.RawRpc),
        Throughput(256, Lineup.Durable, 2.0, Lineup.RawRpc),
        Throughput(1_024, Lineup.Durable, 3.0, Lineup.RawRpc),
        Throughput(64, Lineup.Durable, 4.0, Lineup.Advisory),
        Latency(Lineup.InMemory, 2.5),
        Latency(Lineup.Durable, 3.5),
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
            figures => Entry(figures, Shapes.Rows(Million), Lineup.Durable)?.To(Lineup.Durable)?.PerSecond),
        Found(ScenarioNames.Restart, Restart.Shape, Restart.Acquired, $"seconds {Restart.Acquired}", Bound.AtMost, 10),
        Found(ScenarioNames.Restart, Restart.Shape, Restart.Renewed, $"seconds {Restart.Renewed}", Bound.AtMost, 10),
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
        $"{name}: p50 of an acquire, times {Lineup.RawRpc}",
        Bound.AtMost,
        limit,
        figures => Entry(figures, Sequential.Shape, name)?.To(Lineup.RawRpc)?.FirstP50);

    private static IEnumerable<Target> HandOffs(string shape, double limit)
    {
        yield return new Target(
            ScenarioNames.Contended,
            shape,
            $"{Lineup.Durable}: hand-offs/s, times {Lineup.Advisory}",
            Bound.AtLeast,
            limit,
            figures => Entry(figures, shape, Lineup.Durable)?.To(Lineup.Advisory)?.PerSecond);
        yield return new Target(
            ScenarioNames.Contended,
            shape,
            $"{Lineup.Durable}: fairness",
            Bound.AtLeast,
            0.9,
            figures => Entry(figures, shape, Lineup.Durable)?.Medians.Fairness);
    }

    private static Target Found(string scenario, string shape, string name, string what, Bound bound, double limit) =>
        new(scenario, shape, what, bound, limit, figures => Finding(figures, shape, name));

    // One message more or less is where the interval happens to begin.
    private static Target RenewalsGrow() => new(
        ScenarioNames.Renewals,
        Renewals.Shape(Renewals.Many, HowHeld.SharedLease),
        "messages per interval, more than with 1,000 locks",
        Bound.AtMost,
        1,
        figures => Finding(figures, Renewals.Shape(Renewals.Many, HowHeld.SharedLease), Renewals.Messages)
            - Finding(figures, Renewals.Shape(Renewals.Few, HowHeld.SharedLease), Renewals.Messages));

    private static EntryFigures? Entry(ScenarioFigures figures, string shape, string name) =>
        figures.Entries.FirstOrDefault(entry => entry.Shape == shape && entry.Name == name);

    private static double? Finding(ScenarioFigures figures, string shape, string name) =>
        figures.Findings.FirstOrDefault(finding => finding.Shape == shape && finding.Name == name)?.Median;
}
