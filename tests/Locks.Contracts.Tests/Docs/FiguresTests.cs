using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

/// <summary>Figures that the pages quote are those that the benchmark found.</summary>
public sealed partial class FiguresTests
{
    private static readonly Page Speed = Page.At("docs/speed.md");

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

    private static double Hundreds(double value) => Math.Round(value / 100) * 100;

    /// <summary>The first number of a cell.</summary>
    private static double Number(string cell) => double.Parse(NumbersIn(cell).First(), NumberStyles.Number, CultureInfo.InvariantCulture);

    private static IEnumerable<string> NumbersIn(string text) => Digits().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"(?<![\w.])\d[\d,]*(\.\d+)?\b")]
    private static partial Regex Digits();
}
