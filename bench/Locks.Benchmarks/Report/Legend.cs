using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Report;

/// <summary>What one must know to read the tables.</summary>
internal static class Legend
{
    public static IEnumerable<string> Of(Figures figures)
    {
        var isComparison = figures.Scenarios.All(scenario => scenario.Scenario == ScenarioNames.Peers);
        yield return $"Latencies and processor time in ms; medians over {figures.Rounds} interleaved round(s) of "
            + $"{Cells.Format(figures.SecondsPerMeasurement, "0.#")} s."
            + (isComparison ? "" : " '×' is the median of the rounds' ratios: of op/s, and in the scenario 'sequential' of 'first p50'.");
        yield return "'first' is the acquire (with the wait for it, where callers wait), or one round trip; 'whole' is the whole operation. "
            + "CPU is that of clients and coordinator together, without the servers'. 'fair' is the fewest grants of a waiter by the most.";
        yield return figures.Processes == 0
            ? "Clients and coordinator shared one process"
                + (isComparison ? "." : ", but where a line says otherwise and in the scenarios 'waiters', 'renewals' and 'restart'.")
            : $"The load came from up to {figures.Processes} processes, and the coordinator had one of its own.";
        if (figures.Scale is not 1)
            yield return $"Scaled: numbers of waiters, held locks and rows are {Cells.Format(figures.Scale, "0.####")} of what the tables say.";
        if (figures.Disk.Any())
            yield return $"The disk gave {string.Join(", ", figures.Disk.Select(disk => $"{Cells.Format(disk.Medians.PerSecond, "#,0")} ({disk.Scenario})"))} single-row commits a second.";
        yield return $"{figures.Machine.Processors} × {figures.Machine.Processor}, {figures.Machine.Runtime}, RabbitMQ {figures.Servers.RabbitMq}, "
            + $"PostgreSQL {figures.Servers.PostgreSql} ({figures.Servers.Fsync}); load average at the start {figures.Machine.LoadAverage}.";
        if (figures.Servers.Peers.Count > 0)
        {
            yield return $"Beside them {string.Join(", ", figures.Servers.Peers)}; clients: "
                + $"{string.Join(", ", figures.Machine.Libraries.Select(library => $"{library.Key} {library.Value.Split('+')[0]}"))}.";
        }
    }
}
