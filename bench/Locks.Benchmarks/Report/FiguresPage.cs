using System.Globalization;
using Locks.Benchmarks.Command;
using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Report;

/// <summary>A page of the docs: fills in its marked section, and draws its charts beside it.</summary>
/// <param name="folder">Where the docs are.</param>
/// <param name="name">The page's file name.</param>
internal sealed class FiguresPage(DirectoryInfo folder, string name)
{
    public const string Begin = "<!-- figures: begin; written by bench/Locks.Benchmarks --report -->";
    public const string End = "<!-- figures: end -->";

    private string PathOfPage => Path.Combine(folder.FullName, name);

    /// <summary>The page of a scenario: that of the speed, or that of the comparison with other locks.</summary>
    public static FiguresPage Of(DirectoryInfo folder, string scenario) =>
        new(folder, scenario == ScenarioNames.Peers ? "comparison.md" : "speed.md");

    /// <exception cref="CannotStartException">There is a page, but no section to fill in.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (!folder.Exists)
            throw new CannotStartException($"There is no folder {folder.FullName} for the report.");
        Fill(await ReadAsync(cancellationToken), "");
    }

    public async Task WriteAsync(Figures figures, CancellationToken cancellationToken)
    {
        var charts = Charts.Of(figures).ToArray();
        foreach (var chart in charts)
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, chart.File), chart.Draw(), cancellationToken);

        var page = Fill(await ReadAsync(cancellationToken), string.Join('\n', Section(figures, charts)));
        await File.WriteAllTextAsync(PathOfPage, page, cancellationToken);
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken) =>
        File.Exists(PathOfPage) ? await File.ReadAllTextAsync(PathOfPage, cancellationToken) : $"{Begin}\n{End}\n";

    private string Fill(string page, string section)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        return begin < 0 || end < begin
            ? throw new CannotStartException($"{name} has no section between '{Begin}' and '{End}' to fill in.")
            : $"{page[..(begin + Begin.Length)]}\n\n{section}\n{page[end..]}";
    }

    private static IEnumerable<string> Section(Figures figures, IReadOnlyList<BarChart> charts)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"Measured on {figures.Machine.At:yyyy-MM-dd}.");
        yield return "";
        foreach (var line in Legend.Of(figures))
            yield return $"- {line}";
        yield return "";
        if (figures.Targets.Count > 0)
        {
            foreach (var line in Heading("Targets"))
                yield return line;
            foreach (var line in MarkdownTable.Lines(Cells.TargetHeader, figures.Targets.Select(Cells.Of), leftAligned: 3))
                yield return line;
            yield return "";
        }

        foreach (var chart in charts)
        {
            yield return $"![{chart.Title}]({chart.File})";
            yield return "";
        }

        foreach (var scenario in figures.Scenarios)
        {
            foreach (var line in Heading(scenario.Scenario))
                yield return line;
            var (header, rows) = scenario.Entries.Count > 0
                ? Cells.Of(scenario.Entries)
                : (Cells.MetricHeader, scenario.Metrics.Select(Cells.Of));
            foreach (var line in MarkdownTable.Lines(header, rows, leftAligned: 3))
                yield return line;
            yield return "";
        }
    }

    private static IEnumerable<string> Heading(string text) => [$"### {text}", ""];
}
