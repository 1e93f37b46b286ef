using Locks.Contracts;
using Npgsql;

namespace Locks.DashboardBenchmarks;

/// <summary>A store with many locks that are held, a few of which most attempts wait for.</summary>
internal sealed class FilledStore(string connectionString)
{
    /// <summary>The lock that most attempts wait for. The others can be listed, but not looked up by their keys.</summary>
    public const string ContendedKey = "bench/held/1";

    // Of 5,000 waiters, one lock has 4,100, and 900 others have one each.
    private const int LongQueueOf = 50;
    private const int LongQueue = 41;

    /// <summary>Adds locks and waiters to tables that are there.</summary>
    public async Task FillAsync(int locks, int waiters, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await RunAsync(
            database,
            """
            INSERT INTO locks.locks (id, key, state, version, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_ttl,
                holder_granted_at, holder_expires_at, due_at, written_at)
            SELECT CASE WHEN n = 1 THEN $2 ELSE gen_random_uuid() END, 'bench/held/' || n, 'Held', 1, n, 10000, gen_random_uuid(), 'service-' || n % 100, 'no token', 7200000000,
                now() - n * interval '1 ms', now() + interval '2 h', now() + interval '2 h', now() FROM generate_series(1, $1) n
            """,
            [locks, LockKey.ToId(ContendedKey)],
            cancellationToken);
        var longest = waiters * LongQueue / LongQueueOf;
        await RunAsync(
            database,
            $"""
            INSERT INTO locks.lock_waiters (lock_id, ticket, acquire_id, owner, token, ttl, queued_at, deadline, client_id, reply_address,
                reply_request_id, may_join_cohort)
            SELECT l.id, n, gen_random_uuid(), 'waiter-' || n, 'no token', 30000000, now() - n * interval '1 ms', now() + interval '2 h', 'session',
                'queue:nowhere', gen_random_uuid(), false
              FROM generate_series(1, $1) n
              JOIN locks.locks l ON l.key = 'bench/held/' || CASE WHEN n <= {longest} THEN 1 ELSE n - {longest} + 1 END
            """,
            [waiters],
            cancellationToken);
        await RunAsync(database, "VACUUM ANALYZE locks.locks, locks.lock_waiters", [], cancellationToken);
    }

    private static async Task RunAsync(NpgsqlDataSource database, string statement, object[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(statement);
        command.CommandTimeout = 600;
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
