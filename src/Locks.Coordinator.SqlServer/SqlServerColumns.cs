using System.Globalization;
using Locks.Storage.Relational;

namespace Locks.Coordinator.SqlServer;

/// <summary>The columns in the text of the batches.</summary>
internal static class SqlServerColumns
{
    /// <summary>Text is compared by its code units, whatever the database's collation: keys that differ in case are two locks.</summary>
    public const string Ordinal = "Latin1_General_100_BIN2";

    /// <summary>Microseconds, the precision of every time that the coordinator stores.</summary>
    public const byte TimePrecision = 6;

    private const string Unlimited = "max";

    /// <summary>A column's name, in brackets where it is a word of the language.</summary>
    public static string NameOf(Column column) => column == LockColumns.Key ? $"[{column}]" : column.Name;

    /// <summary>The names of columns.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="prefix">What stands before each name, such as <c>i.</c>.</param>
    /// <param name="indent">What every line but the first begins with.</param>
    public static string Names(IEnumerable<Column> columns, string prefix = "", string indent = "  ") =>
        SqlText.List(columns.Select(column => prefix + NameOf(column)), indent);

    /// <summary>The definitions of a table variable that takes a set, with its primary key.</summary>
    public static string Definitions<TRow>(Table<TRow> table) => SqlText.List(
        [.. table.Input.Select(DefinitionOf), $"PRIMARY KEY CLUSTERED ({string.Join(", ", table.Keys.Select(NameOf))})"], "  ");

    /// <summary>What OPENJSON reads of a set: bytes as hexadecimal text.</summary>
    public static string JsonShape<TRow>(Table<TRow> table, string indent = "  ") =>
        SqlText.List(table.Input.Select(column => $"{NameOf(column)} {JsonTypeOf(column)}"), indent);

    /// <summary>What is selected of OPENJSON's rows to put them into the table variable.</summary>
    public static string JsonValues<TRow>(Table<TRow> table, string prefix = "") => SqlText.List(
        table.Input.Select(column => column.Kind == ColumnKind.Bytes
            ? $"CONVERT(varbinary(max), {prefix}{column}, 2)"
            : prefix + NameOf(column)),
        "  ");

    /// <summary>The assignments of an update.</summary>
    public static string Assignments(IEnumerable<Column> columns, string source, string indent = "  ") =>
        SqlText.Lines(columns.Select(column => $"{NameOf(column)} = {source}.{NameOf(column)}"), indent);

    /// <summary>The assignments of an update whose values are parameters, named like the columns.</summary>
    public static string AssignmentsOfParameters(IEnumerable<Column> columns) =>
        SqlText.Lines(columns.Select(column => $"{NameOf(column)} = {BatchParameters.NameOf(column)}"), "  ");

    /// <summary>What stands for a column that a row does not have.</summary>
    public static string NullOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Text or ColumnKind.Code => "CAST(NULL AS nvarchar(1))",
        ColumnKind.Bytes => "CAST(NULL AS varbinary(1))",
        _ => $"CAST(NULL AS {TypeOf(kind, null)})",
    };

    private static string DefinitionOf(Column column)
    {
        var collation = column.Kind == ColumnKind.Text ? $" COLLATE {Ordinal}" : "";
        return $"{NameOf(column)} {TypeOf(column.Kind, column.MaxLength)}{collation}{(column.IsRequired ? " NOT" : "")} NULL";
    }

    private static string JsonTypeOf(Column column) =>
        column.Kind == ColumnKind.Bytes ? $"nvarchar({Unlimited})" : TypeOf(column.Kind, column.MaxLength);

    private static string TypeOf(ColumnKind kind, int? maxLength)
    {
        var length = maxLength?.ToString(CultureInfo.InvariantCulture) ?? Unlimited;
        return kind switch
        {
            ColumnKind.Id => "uniqueidentifier",
            ColumnKind.Number or ColumnKind.Duration => "bigint",
            ColumnKind.Flag => "bit",
            ColumnKind.Time => $"datetimeoffset({TimePrecision})",
            ColumnKind.Bytes => $"varbinary({Unlimited})",
            ColumnKind.Code => $"varchar({length})",
            _ => $"nvarchar({length})",
        };
    }
}
