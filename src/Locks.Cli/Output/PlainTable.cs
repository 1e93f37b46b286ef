using Spectre.Console;

namespace Locks.Cli.Output;

/// <summary>Rows under a heading, in columns without lines between them: for people, and for <c>awk</c>.</summary>
internal static class PlainTable
{
    private const int Gap = 2;

    /// <param name="columns">The headings.</param>
    /// <param name="rows">The rows. An absent cell is shown as a dash.</param>
    /// <param name="wraps">Whether long cells are broken where the terminal ends.</param>
    public static Table Create(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string?>> rows, bool wraps = false)
    {
        var table = new Table { Border = TableBorder.None };
        for (var i = 0; i < columns.Count; i++)
        {
            var gap = i == columns.Count - 1 ? 0 : Gap;
            table.AddColumn(new TableColumn(new Text(Printable.Of(columns[i]))) { Padding = new Padding(0, 0, gap, 0), NoWrap = !wraps });
        }

        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell is null ? "-" : Printable.Of(cell))));
        return table;
    }
}
