namespace Locks.Storage.Relational;

/// <summary>One column of a table: the only place that spells its name and says how a write fills it. Its text is its name.</summary>
/// <param name="name">The name in the database.</param>
/// <param name="kind">What it holds.</param>
/// <param name="role">What a write does with it.</param>
/// <param name="isRequired">Whether it is never null.</param>
/// <param name="maxLength">The longest text in UTF-16 units; null when there is no bound.</param>
internal abstract class Column(string name, ColumnKind kind, ColumnRole role, bool isRequired, int? maxLength)
{
    public string Name => name;

    public ColumnKind Kind => kind;

    public ColumnRole Role => role;

    public bool IsRequired => isRequired;

    public int? MaxLength => maxLength;

    /// <summary>The name of the property that EF Core's model has for it, such as <c>HolderOwner</c> for <c>holder_owner</c>.</summary>
    public string PropertyName { get; } =
        string.Concat(name.Split('_').Select(word => string.Concat(word[..1].ToUpperInvariant(), word.AsSpan(1))));

    /// <summary>The type of that property.</summary>
    public Type PropertyType { get; } = PropertyTypeOf(kind, isRequired);

    public sealed override string ToString() => name;

    private static Type PropertyTypeOf(ColumnKind kind, bool isRequired) => kind switch
    {
        ColumnKind.Id => isRequired ? typeof(Guid) : typeof(Guid?),
        ColumnKind.Number => isRequired ? typeof(long) : typeof(long?),
        ColumnKind.Duration => isRequired ? typeof(TimeSpan) : typeof(TimeSpan?),
        ColumnKind.Flag => isRequired ? typeof(bool) : typeof(bool?),
        ColumnKind.Time => isRequired ? typeof(DateTimeOffset) : typeof(DateTimeOffset?),
        ColumnKind.Bytes => typeof(byte[]),
        _ => typeof(string),
    };
}

/// <summary>A column of the rows that <typeparamref name="TRow"/> writes.</summary>
internal abstract class Column<TRow>(string name, ColumnKind kind, ColumnRole role, bool isRequired, int? maxLength)
    : Column(name, kind, role, isRequired, maxLength)
{
    /// <summary>The value that a write stores, for providers that take objects.</summary>
    public abstract object? ValueOf(TRow row);

    /// <summary>Calls the visitor with the type of the value, for providers that bind without boxing.</summary>
    public abstract TResult Accept<TResult>(IColumnVisitor<TRow, TResult> visitor);
}

/// <summary>A column whose value has the type <typeparamref name="T"/> in a write.</summary>
internal sealed class Column<TRow, T>(
    string name, ColumnKind kind, ColumnRole role, bool isRequired, int? maxLength, Func<TRow, T> value)
    : Column<TRow>(name, kind, role, isRequired, maxLength)
{
    public Func<TRow, T> Value => value;

    public override object? ValueOf(TRow row) => value(row);

    public override TResult Accept<TResult>(IColumnVisitor<TRow, TResult> visitor) => visitor.Visit(this);
}

/// <summary>Does something with a column and the type of its value.</summary>
internal interface IColumnVisitor<TRow, out TResult>
{
    TResult Visit<T>(Column<TRow, T> column);
}
