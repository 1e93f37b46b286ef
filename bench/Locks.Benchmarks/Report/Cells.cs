using System.Globalization;
using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Report;

/// <summary>Tables of text, for the terminal and for the docs.</summary>
internal static class Cells
{
    private static readonly string[] Floors = [CandidateList.RawRpc, CandidateList.MassTransit, CandidateList.Advisory];

    private static readonly string[] EntryHeader =
    [
        "size", "measured", "operation", "op/s", "first p50", "first p99", "first max", "whole p50", "whole p99", "CPU/op", "fair",
        .. Floors.Select(floor => $"× {floor}"),
    ];

    public static IReadOnlyList<string> MetricHeader { get; } = ["scenario", "size", "found", "median", "unit"];

    public static IReadOnlyList<string> TargetHeader { get; } = ["scenario", "size", "figure", "target", "measured", "met"];

    /// <summary>A scenario's table, without the columns that say nothing of it.</summary>
    public static (IReadOnlyList<string> Header, IEnumerable<IReadOnlyList<string>> Rows) Of(IReadOnlyList<EntryFigures> entries)
    {
        var rows = entries.Select(Of).ToArray();
        var filled = Enumerable.Range(0, EntryHeader.Length).Where(column => rows.Any(row => row[column].Length > 0)).ToArray();
        return ([.. filled.Select(column => EntryHeader[column])], rows.Select(row => filled.Select(column => row[column]).ToArray()));
    }

    private static string[] Of(EntryFigures entry) =>
    [
        entry.Shape,
        entry.Name,
        entry.Operation,
        Format(entry.Medians.PerSecond, "#,0"),
        Format(entry.Medians.First.P50, "0.00"),
        Format(entry.Medians.First.P99, "0.00"),
        Format(entry.Medians.First.Max, "0.0"),
        Format(entry.Medians.Whole.P50, "0.00"),
        Format(entry.Medians.Whole.P99, "0.00"),
        Format(entry.Medians.CpuPerOperation, "0.000"),
        entry.Medians.Fairness is { } fairness ? Format(fairness, "0.00") : "",
        .. Floors.Select(floor => entry.To(floor) is { } ratios ? Format(Headline(entry, ratios), "0.00") : ""),
    ];

    public static IReadOnlyList<string> Of(Metric metric) =>
        [metric.Scenario, metric.Shape, metric.Name, Format(metric.Median, metric.Median < 100 ? "0.00" : "#,0"), metric.Unit];

    public static IReadOnlyList<string> Of(TargetResult target) =>
    [
        target.Scenario,
        target.Shape,
        target.What,
        $"{(target.Bound == Bound.AtLeast ? "≥" : "≤")} {Format(target.Limit, "#,0.0")}",
        Format(target.Measured, "#,0.00"),
        target.Met ? "yes" : "no",
    ];

    /// <summary>The ratio that a scenario is about: one caller waits, many want to get through.</summary>
    public static double Headline(EntryFigures entry, Ratios ratios) =>
        entry.Scenario == ScenarioNames.Sequential ? ratios.FirstP50 : ratios.PerSecond;

    public static string Format(double value, string form) => value.ToString(form, CultureInfo.InvariantCulture);
}
