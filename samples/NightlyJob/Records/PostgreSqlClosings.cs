using Npgsql;

namespace NightlyJob.Records;

/// <summary>The records of a run that several processes share.</summary>
internal sealed class PostgreSqlClosings(NpgsqlDataSource database) : IClosings
{
    public async Task RecreateTablesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            CREATE SCHEMA IF NOT EXISTS nightly_job;
            DROP TABLE IF EXISTS nightly_job.closings;
            CREATE TABLE nightly_job.closings (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run_id text NOT NULL, due timestamptz NOT NULL, shop integer NOT NULL,
                instance text NOT NULL, fence bigint NOT NULL);
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task AddAsync(string run, ShopClosing closing, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO nightly_job.closings (run_id, due, shop, instance, fence) VALUES ($1, $2, $3, $4, $5)");
        object[] values = [run, closing.Due, closing.Shop, closing.Instance, closing.Fence];
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<ShopClosing>> ListAsync(string run, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT due, shop, instance, fence FROM nightly_job.closings WHERE run_id = $1 ORDER BY number");
        command.Parameters.Add(new NpgsqlParameter { Value = run });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var closings = new List<ShopClosing>();
        while (await reader.ReadAsync(cancellationToken))
            closings.Add(new ShopClosing(reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt32(1), reader.GetString(2), reader.GetInt64(3)));
        return closings;
    }
}
