using System.Data.Common;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>Columns that may be null.</summary>
internal static class NullableColumns
{
    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static Guid? GuidOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    public static DateTimeOffset? TimeOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    public static byte[]? BytesOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    public static ReplyTo? ReplyToOrNull(this DbDataReader row, int address, int requestId) =>
        row.IsDBNull(address) ? null : new ReplyTo(new Uri(row.GetString(address)), row.GuidOrNull(requestId));
}
