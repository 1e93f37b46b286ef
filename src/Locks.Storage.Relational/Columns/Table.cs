namespace Locks.Storage.Relational;

/// <summary>
/// The one description of a table. Parameters, column lists in statements, readers and EF Core's model are all made from it.
/// </summary>
/// <typeparam name="TRow">What writes a row.</typeparam>
/// <param name="name">The table's name.</param>
internal sealed class Table<TRow>(string name)
{
    private readonly List<Column<TRow>> _columns = [];

    public string Name => name;

    /// <summary>Everything that a write passes to the database, in the order of the parameters.</summary>
    public IReadOnlyList<Column<TRow>> Input => _columns;

    /// <summary>The columns of the table.</summary>
    public IReadOnlyList<Column<TRow>> Stored => _columns.FindAll(column => column.Role != ColumnRole.Compared);

    /// <summary>The columns of its primary key.</summary>
    public IReadOnlyList<Column<TRow>> Keys => _columns.FindAll(column => column.Role == ColumnRole.Key);

    /// <summary>The columns that an update sets.</summary>
    public IReadOnlyList<Column<TRow>> Changing => _columns.FindAll(column => column.Role == ColumnRole.Changing);

    /// <summary>Describes one more column.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="value">What a write stores in it.</param>
    /// <param name="role">What a write does with it.</param>
    /// <param name="isRequired">Whether a text is never null; of other values their type says so.</param>
    /// <param name="maxLength">The longest text in UTF-16 units; null when there is no bound.</param>
    public Column<TRow> Add<T>(
        string column,
        ColumnKind kind,
        Func<TRow, T> value,
        ColumnRole role = ColumnRole.Changing,
        bool isRequired = false,
        int? maxLength = null)
    {
        var isNeverNull = typeof(T).IsValueType && Nullable.GetUnderlyingType(typeof(T)) is null;
        var added = new Column<TRow, T>(column, kind, role, isRequired || isNeverNull, maxLength, value);
        _columns.Add(added);
        return added;
    }
}
