using System.Globalization;
using Spectre.Console;

namespace FolderImport.Running;

/// <summary>The report on standard output: a table, a sentence, and a line for scripts.</summary>
internal static class ReportView
{
    public static void Show(ImportReport report)
    {
        var table = new Table().RoundedBorder().HideHeaders();
        table.AddColumn("what").AddColumn(new TableColumn("how many").RightAligned());
        Row("files", report.Files);
        Row("folders on disk", report.Folders);
        Row("folder records", report.Records);
        Row("duplicate records", report.Duplicates);
        if (report.Missing > 0)
            Row("folders without a record", report.Missing);
        Row("locks granted", report.Locks.Grants);
        Row("lock found taken", report.Locks.FoundTaken);
        table.AddRow("elapsed", string.Create(CultureInfo.InvariantCulture, $"{report.Elapsed.TotalSeconds:0.0} s"));

        AnsiConsole.Write(table);
        Console.WriteLine(Verdict(report));
        Console.WriteLine(report.Summary);

        void Row(string what, long count) => table.AddRow(what, count.ToString("N0", CultureInfo.InvariantCulture));
    }

    private static string Verdict(ImportReport report) => report switch
    {
        { IsRight: true } => "Every folder has exactly one record.",
        { Duplicates: > 0 } => $"Folders have more than one record; {report.Worst.Path} has {report.Worst.Records}.",
        _ => $"{report.Missing} of {report.Folders} folders have no record.",
    };
}
