namespace Locks.Contracts.Tests.Docs;

/// <summary>A row of one of a page's tables: its cells by the names of their columns.</summary>
internal sealed class PageRow(IReadOnlyDictionary<string, string> cells)
{
    public IReadOnlyDictionary<string, string> Cells { get; } = cells;

    public string this[string column] => Cells[column];

    public bool Has(string column) => Cells.ContainsKey(column);

    /// <summary>The rows of every table in a text, in order.</summary>
    public static IEnumerable<PageRow> In(string text)
    {
        string[]? header = null;
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith('|'))
                header = null;
            else if (header is null)
                header = Split(line);
            else if (!line.StartsWith("| --", StringComparison.Ordinal) && !line.StartsWith("|--", StringComparison.Ordinal))
                yield return new PageRow(header.Zip(Split(line)).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second));
        }
    }

    private static string[] Split(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}
