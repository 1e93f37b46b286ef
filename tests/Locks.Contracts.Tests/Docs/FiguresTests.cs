using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>Figures that the pages quote are those that the benchmark found.</summary>
public sealed partial class FiguresTests
{
    private static readonly Page Comparison = Page.At("docs/comparison.md");
    private static readonly Page Speed = Page.At("docs/speed.md");

    private static readonly Dictionary<string, Func<JsonNode, string>> Columns = new()
    {
        ["size"] = entry => (string)entry["shape"]!,
        ["measured"] = entry => (string)entry["name"]!,
        ["operation"] = entry => (string)entry["operation"]!,
        ["op/s"] = entry => Format(entry["medians"]!["perSecond"], "#,0"),
        ["first p50"] = entry => Format(entry["medians"]!["first"]!["p50"], "0.00"),
        ["first p99"] = entry => Format(entry["medians"]!["first"]!["p99"], "0.00"),
        ["first max"] = entry => Format(entry["medians"]!["first"]!["max"], "0.0"),
        ["whole p50"] = entry => Format(entry["medians"]!["whole"]!["p50"], "0.00"),
        ["whole p99"] = entry => Format(entry["medians"]!["whole"]!["p99"], "0.00"),
        ["CPU/op"] = entry => Format(entry["medians"]!["cpuPerOperation"], "0.000"),
        ["fair"] = entry => Format(entry["medians"]!["fairness"], "0.00"),
    };

    [Fact]
    public void TheComparisonsTable_IsThatOfItsResultFile()
    {
        var results = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(Repository.PathOf(Comparison.Path), "json")))!;
        var entries = results["scenarios"]!.AsArray().SelectMany(scenario => scenario!["entries"]!.AsArray()).ToList();

        var rows = PageRow.In(Generated(Comparison)).ToList();

        Assert.Equal(entries.Count, rows.Count);
        Assert.All(rows.Zip(entries), pair =>
            Assert.Equal(pair.First.Cells.Keys.ToDictionary(column => column, column => Columns[column](pair.Second!)), pair.First.Cells));
        Assert.Contains($"Measured on {(DateTimeOffset)results["machine"]!["at"]!:yyyy-MM-dd}.", Comparison.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFigureInTheComparisonsText_IsInItsTable()
    {
        var known = PageRow.In(Generated(Comparison)).SelectMany(row => row.Cells.Values).SelectMany(NumbersIn).ToHashSet();
        var text = Comparison.Text[Comparison.Text.IndexOf("<!-- figures: end -->", StringComparison.Ordinal)..];

        var quoted = NumbersIn(text[..text.IndexOf("\n## ", StringComparison.Ordinal)]).ToList();

        Assert.NotEmpty(quoted);
        Assert.Empty(quoted.Except(known));
    }

    /// <summary>The table of what processors allow repeats figures of the tables above it, rounded, and multiplies them with the targets.</summary>
    [Fact]
    public void TheSpeedPagesProcessorBudget_QuotesItsTables()
    {
        var rows = PageRow.In(Generated(Speed)).ToList();
        var budget = PageRow.In(Speed.WrittenByHand).Where(row => row.Has("the target asks")).ToList();

        Assert.NotEmpty(budget);
        Assert.All(budget, row =>
        {
            var size = $"{row["in flight"]} in flight";
            var name = row["store"] == "in memory" ? "Locks, in-memory store" : "Locks, PostgreSQL";
            var measured = Row(size, name);
            var target = rows.Single(found => found.Has("target") && found["size"] == size
                && found["figure"] == $"{name}: cycles/s, times raw RabbitMQ RPC")["target"];

            Assert.Equal(Math.Round(Number(measured["CPU/op"]) * 1_000), Number(row["clients and coordinator"]));
            Assert.Equal(Hundreds(Number(measured["op/s"])), Number(row["measured"]));
            Assert.Equal(Hundreds(Number(target) * Number(Row(size, "raw RabbitMQ RPC")["op/s"])), Number(row["the target asks"]));
        });

        PageRow Row(string size, string name) =>
            rows.First(row => row.Has("op/s") && row["size"] == size && row["measured"] == name);
    }

    private static string Generated(Page page)
    {
        var begin = page.Text.IndexOf("<!-- figures: begin", StringComparison.Ordinal);
        return page.Text[begin..page.Text.IndexOf("<!-- figures: end -->", begin, StringComparison.Ordinal)];
    }

    private static string Format(JsonNode? value, string form) => value is null ? "" : ((double)value).ToString(form, CultureInfo.InvariantCulture);

    private static double Hundreds(double value) => Math.Round(value / 100) * 100;

    /// <summary>The first number of a cell.</summary>
    private static double Number(string cell) => double.Parse(NumbersIn(cell).First(), NumberStyles.Number, CultureInfo.InvariantCulture);

    private static IEnumerable<string> NumbersIn(string text) => Digits().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"(?<![\w.])\d[\d,]*(\.\d+)?\b")]
    private static partial Regex Digits();
}
