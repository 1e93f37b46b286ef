using System.Globalization;
using NightlyJob.Jobs;
using Spectre.Console;

namespace NightlyJob.Running;

/// <summary>The report on standard output: a table, a sentence, and a line for scripts.</summary>
internal static class ReportView
{
    public static void Show(NightlyReport report)
    {
        var table = new Table().RoundedBorder();
        table.AddColumn("due at").AddColumn("run by").AddColumn(new TableColumn("shops closed").RightAligned());
        foreach (var night in report.Nights)
        {
            table.AddRow(
                night.Due.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                string.Join(night.IsResumed ? ", resumed by " : ", ", night.Instances),
                night.Duplicates == 0 ? $"{night.Shops} of {DayClosing.Shops}" : $"{night.Closings.Count} of {DayClosing.Shops}");
        }

        AnsiConsole.Write(table);
        Console.WriteLine(Verdict(report));
        Console.WriteLine(report.Summary);
    }

    private static string Verdict(NightlyReport report) => report switch
    {
        { IsRight: true } when report.Nights.Any(night => night.IsResumed) =>
            "The job was done once each time; what a killed instance left was resumed by another one.",
        { IsRight: true } => "The job ran on one instance each time.",
        _ when report.Nights.Any(night => night.Duplicates > 0) => "The job ran on several instances at the same time.",
        _ => "The job was not done each time.",
    };
}
