using System.Text.RegularExpressions;

namespace Locks.TestKit;

/// <summary>The table of instruments in docs/telemetry.md.</summary>
public static partial class InstrumentTable
{
    /// <summary>Reads the table.</summary>
    public static IReadOnlyList<InstrumentRow> Read() =>
    [
        .. Row().Matches(File.ReadAllText(Repository.PathOf("docs/telemetry.md")).ReplaceLineEndings("\n")).Select(row => new InstrumentRow(
            row.Groups["name"].Value,
            row.Groups["kind"].Value,
            row.Groups["unit"].Value,
            row.Groups["tags"].Value,
            row.Groups["says"].Value)),
    ];

    [GeneratedRegex(@"^\| `(?<name>locks\.[\w.]+)` \| (?<kind>[\w -]+) \| `(?<unit>[^`]+)` \| (?<tags>[^|]*?) ?\| (?<says>[^|\n]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}

/// <summary>A row of the table.</summary>
/// <param name="Name">The instrument.</param>
/// <param name="Kind">Counter, up-down counter, histogram or gauge.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Tags">Each tag, with its values behind it where they are known.</param>
/// <param name="Description">What it measures.</param>
public sealed partial record InstrumentRow(string Name, string Kind, string Unit, string Tags, string Description)
{
    /// <summary>The tags, each with the values that it may have; any, where none are named.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Values => Tags.Split("; ", StringSplitOptions.RemoveEmptyEntries)
        .Select(part => Span().Matches(part).Select(span => span.Groups[1].Value).ToList())
        .ToDictionary(spans => spans[0], spans => (IReadOnlyList<string>)[.. spans.Skip(1).Order(StringComparer.Ordinal)]);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Span();
}
