using Npgsql;

namespace Locks.Benchmarks.Servers;

/// <summary>Rows of free locks that are not used any more, as a store has many of.</summary>
internal static class IdleRows
{
    public static async Task FillAsync(string database, int rows, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(database);
        await using var insert = dataSource.CreateCommand(
            """
            INSERT INTO locks.locks (id, key, state, version, last_fence, last_ticket, written_at)
            SELECT gen_random_uuid(), 'bench-idle-' || n, 'Free', 1, 1, 0, now() FROM generate_series(1, $1) n
            """);
        insert.Parameters.Add(new NpgsqlParameter { Value = rows });
        insert.CommandTimeout = 600;
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await using var analyze = dataSource.CreateCommand("VACUUM ANALYZE locks.locks");
        analyze.CommandTimeout = 600;
        await analyze.ExecuteNonQueryAsync(cancellationToken);
    }
}
