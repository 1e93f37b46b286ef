using Locks.Benchmarks.Contestants;
using Npgsql;

namespace Locks.Benchmarks.Baselines;

/// <summary>What the disk gives: one row changed and committed, over and over, on one connection.</summary>
internal sealed class DurableCommits : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _update;

    private DurableCommits(NpgsqlDataSource dataSource, NpgsqlConnection connection, NpgsqlCommand update) =>
        (_dataSource, _connection, _update) = (dataSource, connection, update);

    public static async Task<DurableCommits> StartAsync(string database, CancellationToken cancellationToken)
    {
        var dataSource = NpgsqlDataSource.Create(database);
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var create = new NpgsqlCommand(
            "CREATE TABLE disk (id int PRIMARY KEY, n bigint NOT NULL); INSERT INTO disk VALUES (1, 0)", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
        var update = new NpgsqlCommand("UPDATE disk SET n = n + 1 WHERE id = 1", connection);
        await update.PrepareAsync(cancellationToken);
        return new DurableCommits(dataSource, connection, update);
    }

    public Contestant Named(string name) => new(name, "1 commit", async _ =>
    {
        await _update.ExecuteNonQueryAsync();
        return Contestant.Nothing;
    });

    public async ValueTask DisposeAsync()
    {
        await _update.DisposeAsync();
        await _connection.DisposeAsync();
        await _dataSource.DisposeAsync();
    }
}
