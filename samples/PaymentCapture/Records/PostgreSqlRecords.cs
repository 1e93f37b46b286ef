using Npgsql;

namespace PaymentCapture.Records;

/// <summary>The records of a run that several processes share.</summary>
internal sealed class PostgreSqlRecords(NpgsqlDataSource database) : ICaptures, ITallies
{
    /// <summary>Makes the tables afresh. The index makes looking fast; it is not unique.</summary>
    public async Task RecreateTablesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            CREATE SCHEMA IF NOT EXISTS payment_capture;
            DROP TABLE IF EXISTS payment_capture.captures, payment_capture.tallies;
            CREATE TABLE payment_capture.captures (run_id text NOT NULL, payment integer NOT NULL, fence bigint NOT NULL);
            CREATE INDEX ON payment_capture.captures (run_id, payment);
            CREATE TABLE payment_capture.tallies (
                run_id text NOT NULL, process integer NOT NULL, captured bigint NOT NULL, found bigint NOT NULL, skipped bigint NOT NULL,
                waited bigint NOT NULL, PRIMARY KEY (run_id, process));
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> ExistsAsync(string run, int payment, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT EXISTS (SELECT FROM payment_capture.captures WHERE run_id = $1 AND payment = $2)", run, payment);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task AddAsync(string run, int payment, long fence, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "INSERT INTO payment_capture.captures (run_id, payment, fence) VALUES ($1, $2, $3)", run, payment, fence);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyDictionary<int, int>> CountAsync(string run, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT payment, count(*) FROM payment_capture.captures WHERE run_id = $1 GROUP BY payment", run);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<int, int>();
        while (await reader.ReadAsync(cancellationToken))
            counts[reader.GetInt32(0)] = (int)reader.GetInt64(1);
        return counts;
    }

    public async Task RecordAsync(string run, int process, Counts counts, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            INSERT INTO payment_capture.tallies (run_id, process, captured, found, skipped, waited) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (run_id, process) DO UPDATE SET captured = $3, found = $4, skipped = $5, waited = $6
            """,
            run, process, counts.Captured, counts.Found, counts.Skipped, counts.Waited);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<Counts> SumAsync(string run, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT captured, found, skipped, waited FROM payment_capture.tallies WHERE run_id = $1", run);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sum = new Counts(0, 0, 0, 0);
        while (await reader.ReadAsync(cancellationToken))
            sum += new Counts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        return sum;
    }

    private NpgsqlCommand Command(string text, params object[] parameters)
    {
        var command = database.CreateCommand(text);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }
}
