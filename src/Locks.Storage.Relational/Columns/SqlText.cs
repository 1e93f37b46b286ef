using System.Text;

namespace Locks.Storage.Relational;

/// <summary>Lists in the text of statements.</summary>
internal static class SqlText
{
    private const int LineLength = 130;

    /// <summary>The items with commas between them, on as many lines as it takes.</summary>
    /// <param name="items">The items.</param>
    /// <param name="indent">What every line but the first begins with; its length counts for the first line, too.</param>
    public static string List(IEnumerable<string> items, string indent = "    ")
    {
        var text = new StringBuilder();
        var column = indent.Length;
        foreach (var item in items)
        {
            if (text.Length > 0)
            {
                text.Append(',');
                if (column + item.Length + 2 > LineLength)
                {
                    text.Append('\n').Append(indent);
                    column = indent.Length;
                }
                else
                {
                    text.Append(' ');
                    column++;
                }

                column++;
            }

            text.Append(item);
            column += item.Length;
        }

        return text.ToString();
    }

    /// <summary>The items with commas between them, one on each line.</summary>
    public static string Lines(IEnumerable<string> items, string indent) => string.Join(",\n" + indent, items);

    /// <summary>The names of columns.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="prefix">What stands before each name, such as <c>l.</c>.</param>
    /// <param name="indent">As in <see cref="List"/>.</param>
    public static string Names(IEnumerable<Column> columns, string prefix = "", string indent = "    ") =>
        List(columns.Select(column => prefix + column.Name), indent);
}
