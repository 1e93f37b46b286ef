using System.Globalization;
using Locks.Benchmarks.Command;

namespace Locks.Benchmarks.Report;

/// <summary>The docs' page about speed: fills in its marked section, and draws its charts beside it.</summary>
internal static class SpeedPage
{
    public const string Begin = "<!-- figures: begin; written by bench/Locks.Benchmarks --report -->";
    public const string End = "<!-- figures: end -->";

    private const string Page = "speed.md";

    /// <exception cref="CannotStartException">There is a page, but no section to fill in.</exception>
    public static async Task RequireAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        if (!folder.Exists)
            throw new CannotStartException($"There is no folder {folder.FullName} for the report.");
        Fill(await ReadAsync(folder, cancellationToken), "");
    }

    public static async Task WriteAsync(Figures figures, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var charts = Charts.Of(figures).ToArray();
        foreach (var chart in charts)
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, chart.File), chart.Draw(), cancellationToken);

        var page = Fill(await ReadAsync(folder, cancellationToken), string.Join('\n', Section(figures, charts)));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, Page), page, cancellationToken);
    }

    private static async Task<string> ReadAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder.FullName, Page);
        return File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : $"{Begin}\n{End}\n";
    }

    private static string Fill(string page, string section)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        return begin < 0 || end < begin
            ? throw new CannotStartException($"{Page} has no section between '{Begin}' and '{End}' to fill in.")
            : $"{page[..(begin + Begin.Length)]}\n\n{section}\n{page[end..]}";
    }

    private static IEnumerable<string> Section(Figures figures, IReadOnlyList<BarChart> charts)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"Measured on {figures.Machine.At:yyyy-MM-dd}.");
        yield return "";
        foreach (var line in Legend.Of(figures))
            yield return $"- {line}";
        yield return "";
        foreach (var line in Heading("Targets"))
            yield return line;
        foreach (var line in MarkdownTable.Lines(Cells.TargetHeader, figures.Targets.Select(Cells.Of), leftAligned: 3))
            yield return line;
        yield return "";
        foreach (var chart in charts)
        {
            yield return $"![{chart.Title}]({chart.File})";
            yield return "";
        }

        foreach (var scenario in figures.Scenarios)
        {
            foreach (var line in Heading(scenario.Scenario))
                yield return line;
            var lines = scenario.Entries.Count > 0
                ? MarkdownTable.Lines(Cells.EntryHeader, scenario.Entries.Select(Cells.Of), leftAligned: 3)
                : MarkdownTable.Lines(Cells.MetricHeader, scenario.Metrics.Select(Cells.Of), leftAligned: 3);
            foreach (var line in lines)
                yield return line;
            yield return "";
        }
    }

    private static IEnumerable<string> Heading(string text) => [$"### {text}", ""];
}
