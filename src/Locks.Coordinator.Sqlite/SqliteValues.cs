using System.Data.Common;
using Locks.Coordinator.Domain;
using Locks.Storage.Relational;

namespace Locks.Coordinator.Sqlite;

/// <summary>The form of the values in SQLite, where it is not the driver's own: times are whole microseconds since the Unix epoch.</summary>
internal static class SqliteValues
{
    public static object Of(object? value) => value switch
    {
        null => DBNull.Value,
        DateTime time => Micros.Of(time),
        _ => value,
    };

    /// <summary>Ids as a JSON array, each in the form in which the driver stores them.</summary>
    public static string Json(IEnumerable<Guid> ids) => $"[{string.Join(',', ids.Select(id => $"\"{id.ToString().ToUpperInvariant()}\""))}]";

    public static string NullOf(ColumnKind kind) => "NULL";
}

/// <summary>Reads rows of SQLite.</summary>
internal sealed class SqliteRowReader(DbDataReader reader) : RowReader(reader)
{
    public override DateTimeOffset Time(int column) => Micros.ToTime(Number(column));
}
