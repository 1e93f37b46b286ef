using System.Data.Common;
using Locks.Coordinator.Domain;

namespace Locks.Storage.Relational;

/// <summary>Reads the columns of the current row. A provider whose times are not times to its driver reads them in its own way.</summary>
internal class RowReader(DbDataReader reader)
{
    public int FieldCount => reader.FieldCount;

    public Task<bool> ReadAsync(CancellationToken cancellationToken) => reader.ReadAsync(cancellationToken);

    public Task<bool> NextResultAsync(CancellationToken cancellationToken) => reader.NextResultAsync(cancellationToken);

    public bool IsNull(int column) => reader.IsDBNull(column);

    public Guid Id(int column) => reader.GetGuid(column);

    public Guid? IdOrNull(int column) => IsNull(column) ? null : Id(column);

    public long Number(int column) => reader.GetInt64(column);

    public int Count(int column) => reader.GetInt32(column);

    public TimeSpan Duration(int column) => Micros.ToDuration(Number(column));

    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    public virtual DateTimeOffset Time(int column) => reader.GetFieldValue<DateTimeOffset>(column);

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    public ReplyTo? ReplyToOrNull(int address, int requestId) =>
        IsNull(address) ? null : new ReplyTo(new Uri(Text(address)), IdOrNull(requestId));
}
