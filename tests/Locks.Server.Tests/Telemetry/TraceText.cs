using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Locks.Server.Tests.Telemetry;

/// <summary>Writes received traces and metrics for people to read. What differs from run to run is left out, or <see cref="Same"/> for a comparison.</summary>
internal static partial class TraceText
{
    private static readonly string[] Differing = ["locks.attempt_id", "locks.fencing_token"];

    /// <summary>A trace, each span beneath its parent.</summary>
    /// <param name="all">Every span that was received.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="names">What the traces are called that its spans are linked with.</param>
    public static string Of(IReadOnlyCollection<ReceivedSpan> all, string trace, IReadOnlyDictionary<string, string> names)
    {
        var text = new StringBuilder();
        var spans = all.Where(span => span.TraceId == trace).OrderBy(span => span.Start).ToList();
        foreach (var root in spans.Where(span => spans.TrueForAll(other => other.SpanId != span.ParentId)))
            Append(root, "");
        return text.ToString().TrimEnd();

        void Append(ReceivedSpan span, string indent)
        {
            var tags = span.Tags.All.Where(tag => !Differing.Contains(tag.Key)).Select(tag => $"{tag.Key}={tag.Value}");
            text.Append(indent).Append(CultureInfo.InvariantCulture, $"{span.Name} ({span.Scope}, {span.Kind}), {Time(span.Duration)}");
            text.AppendLine(string.Concat(tags.Select(tag => $", {tag}")));
            foreach (var (name, after) in span.Events)
                text.Append(indent).AppendLine(CultureInfo.InvariantCulture, $"  event {name} after {Time(after)}");
            foreach (var link in Links(span))
                text.Append(indent).AppendLine(CultureInfo.InvariantCulture, $"  linked with {link}");
            foreach (var child in spans.Where(child => child.ParentId == span.SpanId))
                Append(child, indent + "  ");
        }

        IEnumerable<string> Links(ReceivedSpan span) => span.Links
            .Select(link => (link.TraceId, Linked: all.FirstOrDefault(other => other.SpanId == link.SpanId)))
            .Select(link => $"{link.Linked?.Name} of {names.GetValueOrDefault(link.TraceId, "a trace of its own")}")
            .Order(StringComparer.Ordinal);
    }

    /// <summary>The last values of the product's metrics, of histograms how many they have.</summary>
    public static string Of(IReadOnlyCollection<ReceivedMetric> all)
    {
        var lines = all.Where(metric => metric.Name.StartsWith("locks.", StringComparison.Ordinal))
            .GroupBy(metric => metric.Name)
            .Select(metric => metric.Last())
            .SelectMany(metric => metric.Points.Select(point =>
                $"{metric.Name}{(point.Tags.All.Count == 0 ? "" : $" {point.Tags}")}: {Value(metric, point.Value)}"))
            .Order(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    /// <summary>The text without its numbers.</summary>
    public static string Same(string text) => Number().Replace(text.ReplaceLineEndings("\n"), "…");

    private static string Value(ReceivedMetric metric, double value) => metric.Kind == "histogram"
        ? string.Create(CultureInfo.InvariantCulture, $"{value} measured")
        : string.Create(CultureInfo.InvariantCulture, $"{value:0.######}");

    private static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();
}
