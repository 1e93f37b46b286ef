using System.Globalization;
using Spectre.Console;

namespace PaymentCapture.Running;

/// <summary>The report on standard output: a table, a sentence, and a line for scripts.</summary>
internal static class ReportView
{
    public static void Show(CaptureReport report)
    {
        var table = new Table().RoundedBorder().HideHeaders();
        table.AddColumn("what").AddColumn(new TableColumn("how many").RightAligned());
        Row("messages", report.Workload.Messages);
        Row("payments", report.Workload.Payments);
        Row("captured payments", report.Captured);
        Row("double captures", report.DoubleCaptures);
        if (report.Missing > 0)
            Row("payments not captured", report.Missing);
        Row("messages skipped", report.Counts.Skipped);
        Row("messages that waited", report.Counts.Waited);
        Row("found captured", report.Counts.Found);
        table.AddRow("elapsed", string.Create(CultureInfo.InvariantCulture, $"{report.Elapsed.TotalSeconds:0.0} s"));
        Row("messages/s", (long)report.MessagesPerSecond);

        AnsiConsole.Write(table);
        Console.WriteLine(Verdict(report));
        Console.WriteLine(report.Summary);

        void Row(string what, long count) => table.AddRow(what, count.ToString("N0", CultureInfo.InvariantCulture));
    }

    private static string Verdict(CaptureReport report) => report switch
    {
        { IsRight: true } => "Every payment was captured exactly once.",
        { DoubleCaptures: > 0 } => $"{report.DoubleCaptures:N0} times, a payment was captured that had been captured before.",
        _ => $"{report.Missing:N0} of {report.Workload.Payments:N0} payments were not captured.",
    };
}
