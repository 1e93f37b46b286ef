using System.Globalization;
using System.Net;
using System.Text;

namespace Locks.Benchmarks.Report;

/// <summary>One bar.</summary>
/// <param name="Label">What it stands for.</param>
/// <param name="Share">Its length: 1 is at the line.</param>
/// <param name="Value">What is written at its end.</param>
/// <param name="Good">Whether it ends on the right side of the line.</param>
internal sealed record Bar(string Label, double Share, string Value, bool Good);

/// <summary>Bars and the line that they are to reach, or to stay below. Transparent, and in tones that are seen on white and on black.</summary>
internal sealed record BarChart(string File, string Title, IReadOnlyList<Bar> Bars)
{
    private const double Width = 900;
    private const double Plot = 640;
    private const double Left = 10;
    private const double RowHeight = 42;
    private const double Top = 46;
    private const double BarHeight = 14;
    private const double LabelHeight = 16;

    // A bar that is much longer than the line is cut, or the others could not be told apart.
    private const double LongestShare = 3;

    public string Draw()
    {
        var height = Top + (Bars.Count * RowHeight) + 12;
        var scale = Plot / Math.Clamp(Bars.Max(bar => double.IsFinite(bar.Share) ? bar.Share : 0), 1.25, LongestShare);
        var svg = new StringBuilder();
        Append(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" font-family="system-ui, sans-serif" font-size="13">""");
        Append(svg, $"<title>{WebUtility.HtmlEncode(Title)}</title>");
        Append(svg, $"""<text x="{Left}" y="20" font-size="15" font-weight="600" fill="#808890">{WebUtility.HtmlEncode(Title)}</text>""");
        foreach (var (row, bar) in Bars.Index())
        {
            var (top, length) = (Top + (row * RowHeight), Math.Clamp(double.IsFinite(bar.Share) ? bar.Share : 0, 0, LongestShare) * scale);
            var barTop = top + LabelHeight;
            Append(svg, $"""<text x="{Left}" y="{top + 11}" fill="#808890">{WebUtility.HtmlEncode(bar.Label)}</text>""");
            Append(svg, $"""<rect x="{Left}" y="{barTop}" width="{length:0.#}" height="{BarHeight}" rx="2" fill="{(bar.Good ? "#3f9a76" : "#c98a3a")}"/>""");
            Append(svg, $"""<text x="{Left + Math.Max(length, scale) + 8:0.#}" y="{barTop + 12}" fill="#808890">{WebUtility.HtmlEncode(bar.Value)}</text>""");
        }

        Append(svg, $"""<line x1="{Left + scale:0.#}" y1="{Top - 8}" x2="{Left + scale:0.#}" y2="{height - 6}" stroke="#808890" stroke-width="1.5" stroke-dasharray="4 3"/>""");
        Append(svg, $"""<text x="{Left + scale:0.#}" y="{Top - 12}" text-anchor="middle" font-size="11" fill="#808890">target</text>""");
        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
