namespace Locks.Benchmarks.Report;

/// <summary>A table for the docs.</summary>
internal static class MarkdownTable
{
    public static IEnumerable<string> Lines(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, int leftAligned)
    {
        yield return Line(header);
        yield return Line([.. header.Select((_, index) => index < leftAligned ? "---" : "---:")]);
        foreach (var row in rows)
            yield return Line(row);
    }

    private static string Line(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |";
}
