using System.Globalization;
using Spectre.Console;

namespace ScaleOut.Running;

/// <summary>The report on standard output: a table, what each kill has cost, a sentence, and a line for scripts.</summary>
internal static class ReportView
{
    /// <returns>The exit code.</returns>
    public static int Show(IReadOnlyList<PhaseReport> reports)
    {
        var table = new Table().RoundedBorder();
        table.AddColumn("workers");
        foreach (var column in (string[])["items", "done twice", "items/s", "to one worker"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var report in reports)
        {
            table.AddRow(
                report.Kills.Count == 0 ? $"{report.Workers}" : $"{report.Workers}, of which {report.Kills.Count} killed",
                $"{report.Items}",
                $"{report.Duplicates}",
                Number("0", report.ItemsPerSecond),
                Number("0.0", report.ItemsPerSecond / reports[0].ItemsPerSecond));
        }

        AnsiConsole.Write(table);
        foreach (var kill in reports.SelectMany(report => report.Kills))
        {
            Console.WriteLine(kill.Item is { } item
                ? $"{kill.Worker} was killed with item {item} locked, which another one did {Number("0.0", kill.DoneAfter.TotalSeconds)} s later."
                : $"{kill.Worker} was killed between two items.");
        }

        var isRight = reports.All(report => report.IsRight);
        Console.WriteLine(isRight ? "Every item was done once." : "Items were done twice, or not at all.");
        Console.WriteLine(
            $"items={reports.Sum(report => report.Items)} done={reports.Sum(report => report.Tally.Done)} "
            + $"duplicates={reports.Sum(report => report.Duplicates)} kills={reports.Sum(report => report.Kills.Count)}");
        return isRight ? ExitCode.Right : ExitCode.Wrong;
    }

    private static string Number(string format, double value) => value.ToString(format, CultureInfo.InvariantCulture);
}
