using Npgsql;

namespace ScaleOut.Items;

/// <summary>The items of a run that several processes share.</summary>
internal sealed class PostgreSqlItems(NpgsqlDataSource database) : IItems
{
    public Task RecreateTablesAsync(CancellationToken cancellationToken) => ExecuteAsync(
        """
        CREATE SCHEMA IF NOT EXISTS scale_out;
        DROP TABLE IF EXISTS scale_out.phases, scale_out.items;
        CREATE TABLE scale_out.phases (phase integer PRIMARY KEY, workers integer NOT NULL);
        CREATE TABLE scale_out.items (
            phase integer NOT NULL, item integer NOT NULL, fence bigint NOT NULL DEFAULT 0, writes integer NOT NULL DEFAULT 0,
            PRIMARY KEY (phase, item));
        """,
        [],
        cancellationToken);

    public async Task<Phase?> CurrentAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(
            "SELECT phase, workers FROM scale_out.phases ORDER BY phase DESC LIMIT 1",
            [],
            row => new Phase(row.GetInt32(0), row.GetInt32(1)),
            cancellationToken)).SingleOrDefault();

    public async Task BeginAsync(Phase phase, int items, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            "INSERT INTO scale_out.items (phase, item) SELECT $1, item FROM generate_series(1, $2) AS item", [phase.Number, items], cancellationToken);
        await ExecuteAsync("INSERT INTO scale_out.phases VALUES ($1, $2)", [phase.Number, phase.Workers], cancellationToken);
    }

    public async Task<IReadOnlyList<int>> OpenAsync(Phase phase, CancellationToken cancellationToken) => await ReadAsync(
        "SELECT item FROM scale_out.items WHERE phase = $1 AND writes = 0 ORDER BY item", [phase.Number], row => row.GetInt32(0), cancellationToken);

    public async Task<bool> IsDoneAsync(Phase phase, int item, CancellationToken cancellationToken) =>
        (await ReadAsync(
            "SELECT writes > 0 FROM scale_out.items WHERE phase = $1 AND item = $2",
            [phase.Number, item],
            row => row.GetBoolean(0),
            cancellationToken)).Single();

    public async Task<bool> WriteAsync(Phase phase, int item, long fence, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            "UPDATE scale_out.items SET fence = $3, writes = writes + 1 WHERE phase = $1 AND item = $2 AND (fence < $3 OR $3 = 0)",
            [phase.Number, item, fence],
            cancellationToken) > 0;

    public async Task<PhaseTally> TallyAsync(Phase phase, CancellationToken cancellationToken) =>
        (await ReadAsync(
            "SELECT count(*) FILTER (WHERE writes > 0), coalesce(sum(writes), 0) FROM scale_out.items WHERE phase = $1",
            [phase.Number],
            row => new PhaseTally((int)row.GetInt64(0), (int)row.GetInt64(1)),
            cancellationToken)).Single();

    private async Task<int> ExecuteAsync(string text, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(text, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<T>> ReadAsync<T>(
        string text, object[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = Command(text, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    private NpgsqlCommand Command(string text, object[] parameters)
    {
        var command = database.CreateCommand(text);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }
}
