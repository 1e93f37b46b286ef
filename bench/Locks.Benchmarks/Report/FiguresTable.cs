using System.Globalization;
using Spectre.Console;

namespace Locks.Benchmarks.Report;

/// <summary>The figures, for people.</summary>
internal static class FiguresTable
{
    // Where output goes to a file Spectre takes 80 columns for granted.
    private const int Width = 170;

    public static void Write(Figures figures)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, Width);
        AnsiConsole.Write(Fill(figures.Entries));
        var rounds = figures.Entries[0].Rounds.Count;
        WriteLine($"Latencies and processor time in ms; medians over {rounds} round(s) of {figures.SecondsPerMeasurement:0} s. "
            + "In parentheses: times the raw RPC beside it, the median of the rounds' ratios.");
        WriteLine("'first' is the acquire, or one RPC; 'cycle' is the whole operation. CPU is this process's (client and coordinator), without the servers'.");
        WriteLine($"{figures.Machine.Processors} × {figures.Machine.Processor}, {figures.Machine.Runtime}, RabbitMQ {figures.Servers.RabbitMq}, "
            + $"PostgreSQL {figures.Servers.PostgreSql} ({figures.Servers.Fsync}); load average {figures.Machine.LoadAverage}.");
    }

    private static Table Fill(IReadOnlyList<EntryFigures> entries)
    {
        var table = new Table();
        foreach (var name in new[] { "scenario", "in flight", "measured", "operation" })
            table.AddColumn(new TableColumn(name).NoWrap());
        foreach (var name in new[] { "op/s", "first p50", "first p99", "cycle p50", "cycle p99", "CPU/op" })
            table.AddColumn(new TableColumn(name).NoWrap().RightAligned());

        foreach (var entry in entries)
        {
            var (medians, ratios) = (entry.Medians, entry.Ratios);
            table.AddRow(
                entry.Scenario,
                entry.InFlight.ToString(CultureInfo.InvariantCulture),
                entry.Name,
                entry.Operation,
                Cell(medians.PerSecond, "#,0", ratios?.PerSecond),
                Cell(medians.First.P50, "0.00", ratios?.FirstP50),
                Cell(medians.First.P99, "0.00"),
                Cell(medians.Whole.P50, "0.00", ratios?.WholeP50),
                Cell(medians.Whole.P99, "0.00"),
                Cell(medians.CpuPerOperation, "0.000", ratios?.CpuPerOperation));
        }

        return table;
    }

    private static string Cell(double value, string form, double? ratio = null) =>
        value.ToString(form, CultureInfo.InvariantCulture)
        + (ratio is { } times ? $" ({times.ToString("0.00", CultureInfo.InvariantCulture)}×)" : "");

    private static void WriteLine(string text) => AnsiConsole.MarkupLineInterpolated($"{text}");
}
