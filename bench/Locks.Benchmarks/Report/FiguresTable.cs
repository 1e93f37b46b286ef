using Spectre.Console;

namespace Locks.Benchmarks.Report;

/// <summary>The figures, for people.</summary>
internal static class FiguresTable
{
    // Where output goes to a file Spectre takes 80 columns for granted.
    private const int Width = 240;

    public static void Write(Figures figures)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, Width);
        foreach (var scenario in figures.Scenarios.Where(scenario => scenario.Entries.Count > 0))
        {
            var (header, rows) = Cells.Of(scenario.Entries);
            Write(scenario.Scenario, header, rows, leftAligned: 3);
        }

        var metrics = figures.Scenarios.SelectMany(scenario => scenario.Metrics).ToArray();
        if (metrics.Length > 0)
            Write("found", Cells.MetricHeader, metrics.Select(Cells.Of), leftAligned: 3);
        if (figures.Targets.Count > 0)
            Write("targets", Cells.TargetHeader, figures.Targets.Select(Cells.Of), leftAligned: 3);
        foreach (var line in Legend.Of(figures))
            AnsiConsole.MarkupLineInterpolated($"{line}");
    }

    private static void Write(string title, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, int leftAligned)
    {
        AnsiConsole.MarkupLineInterpolated($"{title}");
        var table = new Table();
        foreach (var (index, name) in header.Index())
            table.AddColumn(index < leftAligned ? new TableColumn(name).NoWrap() : new TableColumn(name).NoWrap().RightAligned());
        foreach (var row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }
}
