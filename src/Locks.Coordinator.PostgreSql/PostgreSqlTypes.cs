using Locks.Storage.Relational;
using NpgsqlTypes;

namespace Locks.Coordinator.PostgreSql;

/// <summary>The types of the columns in PostgreSQL.</summary>
internal static class PostgreSqlTypes
{
    public static NpgsqlDbType TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Id => NpgsqlDbType.Uuid,
        ColumnKind.Number or ColumnKind.Duration => NpgsqlDbType.Bigint,
        ColumnKind.Flag => NpgsqlDbType.Boolean,
        ColumnKind.Time => NpgsqlDbType.TimestampTz,
        ColumnKind.Bytes => NpgsqlDbType.Bytea,
        _ => NpgsqlDbType.Text,
    };

    public static string NullOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Id => "NULL::uuid",
        ColumnKind.Number or ColumnKind.Duration => "NULL::bigint",
        ColumnKind.Flag => "NULL::boolean",
        ColumnKind.Time => "NULL::timestamptz",
        ColumnKind.Bytes => "NULL::bytea",
        _ => "NULL::text",
    };
}
