using System.Data;
using Locks.Storage.Relational;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>The parameters of the batches.</summary>
internal static class BatchParameters
{
    // A statement whose text parameters have the same declared length every time has one plan.
    private const int Unlimited = -1;

    public static SqlParameter Json(string name, string json) => new(name, SqlDbType.NVarChar, Unlimited) { Value = json };

    public static SqlParameter Id(string name, Guid id) => new(name, SqlDbType.UniqueIdentifier) { Value = id };

    public static SqlParameter Number(string name, int number) => new(name, SqlDbType.Int) { Value = number };

    /// <summary>What a column's parameter is called.</summary>
    public static string NameOf(Column column) => $"@{column.Name}";

    /// <summary>Everything that an update of one row passes, a parameter for each column.</summary>
    public static IEnumerable<SqlParameter> OfUpdate<TRow>(Table<TRow> table, TRow row) =>
        table.Input.Where(column => column.Role != ColumnRole.Fixed).Select(column => OfColumn(column, row));

    /// <summary>A moment, no finer than the column it is compared with.</summary>
    public static SqlParameter Time(string name, DateTimeOffset time) =>
        new(name, SqlDbType.DateTimeOffset) { Scale = SqlServerColumns.TimePrecision, Value = time.ToUniversalTime() };

    private static SqlParameter OfColumn<TRow>(Column<TRow> column, TRow row)
    {
        var name = NameOf(column);
        var parameter = column.Kind switch
        {
            ColumnKind.Id => new SqlParameter(name, SqlDbType.UniqueIdentifier),
            ColumnKind.Number or ColumnKind.Duration => new SqlParameter(name, SqlDbType.BigInt),
            ColumnKind.Flag => new SqlParameter(name, SqlDbType.Bit),
            ColumnKind.Time => new SqlParameter(name, SqlDbType.DateTimeOffset) { Scale = SqlServerColumns.TimePrecision },
            ColumnKind.Bytes => new SqlParameter(name, SqlDbType.VarBinary, Unlimited),
            ColumnKind.Code => new SqlParameter(name, SqlDbType.VarChar, column.MaxLength ?? Unlimited),
            _ => new SqlParameter(name, SqlDbType.NVarChar, column.MaxLength ?? Unlimited),
        };
        var value = column.ValueOf(row);
        parameter.Value = value is DateTime time ? new DateTimeOffset(time) : value ?? DBNull.Value;
        return parameter;
    }
}
