using System.Globalization;

namespace Locks.Verification.Running;

/// <summary>Makes a row of all runs of a scenario, for a table in Markdown.</summary>
internal static class ReportTable
{
    public const string Head = """
        | scenario | runs | operations | orders | faults | lasting | held, lost | violations | no grant | of a key | normal | all free |
        |---|---|---|---|---|---|---|---|---|---|---|---|
        """;

    public static string Row(IReadOnlyList<RunReport> runs)
    {
        string[] cells =
        [
            $"`{runs[0].Settings.Scenario.Name}`",
            Text(runs.Count),
            Text(runs.Sum(run => run.Operations)),
            Text(runs.Sum(run => run.Orders)),
            Text(runs.Sum(run => run.Faults)),
            Range(runs, run => run.Lasting),
            $"{Text(runs.Sum(run => run.Held))}, {Text(runs.Sum(run => run.Lost))}",
            Text(runs.Sum(run => run.Violations.Count)),
            Range(runs, run => run.Gap),
            Range(runs, run => run.KeyGap),
            Range(runs, run => run.Normal),
            Range(runs, run => run.FreeAfter),
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Range(IReadOnlyList<RunReport> runs, Func<RunReport, TimeSpan> time)
    {
        var (least, most) = (RunReport.Text(runs.Min(time)), RunReport.Text(runs.Max(time)));
        return least == most ? most : $"{least[..^2]} to {most}";
    }
}
