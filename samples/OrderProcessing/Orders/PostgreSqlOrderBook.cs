using Npgsql;

namespace OrderProcessing.Orders;

/// <summary>The orders of instances that are processes.</summary>
internal sealed class PostgreSqlOrderBook(NpgsqlDataSource database) : IOrderBook
{
    /// <summary>Makes the tables afresh, with the orders of so many rounds.</summary>
    public async Task RecreateTablesAsync(int rounds, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            """
            CREATE SCHEMA IF NOT EXISTS order_processing;
            DROP TABLE IF EXISTS order_processing.orders, order_processing.instances, order_processing.inside;
            CREATE TABLE order_processing.orders (number integer PRIMARY KEY, times integer NOT NULL DEFAULT 0);
            CREATE TABLE order_processing.instances (name text PRIMARY KEY, orders integer NOT NULL);
            CREATE TABLE order_processing.inside AS SELECT 0 AS now, 0 AS together;
            """,
            [],
            cancellationToken);
        await ExecuteAsync(
            "INSERT INTO order_processing.orders SELECT generate_series(0, $1 - 1)", [rounds * OrderReport.OrdersPerRound], cancellationToken);
    }

    public Task BeginWorkAsync(CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE order_processing.inside SET now = now + 1, together = together + CASE WHEN now > 0 THEN 1 ELSE 0 END", [], cancellationToken);

    public Task EndWorkAsync(CancellationToken cancellationToken) =>
        ExecuteAsync("UPDATE order_processing.inside SET now = now - 1", [], cancellationToken);

    public async Task<IReadOnlyList<int>> PendingAsync(CancellationToken cancellationToken) => await ReadAsync(
        $"SELECT number FROM order_processing.orders WHERE times = 0 ORDER BY number LIMIT {OrderReport.OrdersPerRound}",
        row => row.GetInt32(0),
        cancellationToken);

    public async Task MarkProcessedAsync(int order, string instance, CancellationToken cancellationToken)
    {
        await ExecuteAsync("UPDATE order_processing.orders SET times = times + 1 WHERE number = $1", [order], cancellationToken);
        await ExecuteAsync(
            "INSERT INTO order_processing.instances AS one VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET orders = one.orders + 1",
            [instance],
            cancellationToken);
    }

    public async Task<bool> IsFinishedAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(
            """
            SELECT NOT EXISTS (SELECT FROM order_processing.orders WHERE times = 0)
                AND NOT EXISTS (SELECT FROM order_processing.inside WHERE now > 0)
            """,
            row => row.GetBoolean(0),
            cancellationToken)).Single();

    public async Task<OrderReport> ReportAsync(CancellationToken cancellationToken)
    {
        var instances = await ReadAsync(
            "SELECT name, orders FROM order_processing.instances ORDER BY name",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt32(1)),
            cancellationToken);
        return (await ReadAsync(
            """
            SELECT count(*)::integer, (count(*) FILTER (WHERE times > 0))::integer, (count(*) FILTER (WHERE times > 1))::integer,
                (SELECT together FROM order_processing.inside)
            FROM order_processing.orders
            """,
            row => new OrderReport(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), instances),
            cancellationToken)).Single();
    }

    private async Task ExecuteAsync(string text, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(text);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<T>> ReadAsync<T>(string text, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(text);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }
}
