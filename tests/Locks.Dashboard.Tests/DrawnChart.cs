using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

/// <summary>A chart as the page draws it.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Begin">The moment at its left edge, in words.</param>
/// <param name="Middle">What its middle line stands for, in words.</param>
/// <param name="Scale">What its highest line stands for, in words.</param>
/// <param name="Lines">Its lines, in the order of the legend.</param>
internal sealed partial record DrawnChart(string Title, string Begin, string Middle, string Scale, IReadOnlyList<DrawnLine> Lines)
{
    /// <summary>All charts of the overview at one moment.</summary>
    public static async Task<IReadOnlyList<DrawnChart>> ReadAllAsync(IPage page)
    {
        var charts = await page.EvaluateAsync<string[][]>("""
            () => [...document.querySelectorAll('section[aria-labelledby=section-the-last-minutes] figure')].map(figure => [
                figure.querySelector('figcaption').textContent,
                ...[...figure.querySelectorAll('text')].map(label => label.textContent),
                ...[...figure.querySelectorAll('path.grid')].map(line => line.getAttribute('d')),
                ...[...figure.querySelectorAll('.legend li')].map(item => item.textContent.trim()),
                ...[...figure.querySelectorAll(':scope > svg path.line')].map(line => line.getAttribute('d')),
            ])
            """);
        return [.. charts.Select(Of)];
    }

    private static DrawnChart Of(string[] chart)
    {
        // The title; five labels, of which the zero and the present do not change; three lines of the grid; as many legends as paths.
        const int Labels = 1, Grid = Labels + 5, Lines = Grid + 3;
        Assert.Equal(("0", "now"), (chart[Labels + 2], chart[Labels + 4]));
        var (top, bottom) = (Frame.Of(chart[Grid]), Frame.Of(chart[Lines - 1]));
        var (legends, paths) = (chart[Lines..((chart.Length + Lines) / 2)], chart[((chart.Length + Lines) / 2)..]);
        return new(chart[0], chart[Labels + 3], chart[Labels + 1], chart[Labels], [.. legends.Zip(paths, (legend, path) => new DrawnLine(legend, [.. Points(path, top, bottom)]))]);
    }

    // Each point as where it is between the left and the right edge, and how high it is, from 0 to 1.
    private static IEnumerable<(double Place, double Height)> Points(string path, Frame top, Frame bottom) =>
        from Match point in Point().Matches(path)
        let x = double.Parse(point.Groups["x"].Value, CultureInfo.InvariantCulture)
        let y = double.Parse(point.Groups["y"].Value, CultureInfo.InvariantCulture)
        select ((x - top.Left) / (top.Right - top.Left), (bottom.Y - y) / (bottom.Y - top.Y));

    [GeneratedRegex(@"[ML](?<x>[\d.]+) (?<y>[\d.]+)")]
    private static partial Regex Point();

    [GeneratedRegex(@"^M(?<left>[\d.]+) (?<y>[\d.]+)H(?<right>[\d.]+)$")]
    private static partial Regex GridLine();

    private readonly record struct Frame(double Left, double Right, double Y)
    {
        public static Frame Of(string gridLine)
        {
            var line = GridLine().Match(gridLine);
            return new(Number("left"), Number("right"), Number("y"));

            double Number(string name) => double.Parse(line.Groups[name].Value, CultureInfo.InvariantCulture);
        }
    }
}

/// <summary>A line of a chart.</summary>
/// <param name="Legend">What the legend says of it.</param>
/// <param name="Points">Its points: how far to the right, and how high, both from 0 to 1.</param>
internal sealed record DrawnLine(string Legend, IReadOnlyList<(double Place, double Height)> Points);
