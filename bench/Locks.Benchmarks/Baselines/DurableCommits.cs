using Locks.Benchmarks.Candidates;
using Npgsql;

namespace Locks.Benchmarks.Baselines;

/// <summary>What the disk gives: one row changed and committed, over and over, on one connection.</summary>
/// <param name="Store">A database that nothing else is in the way of.</param>
internal sealed record DurableCommitsResource(string Store) : Resource
{
    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken) =>
        await DurableCommits.StartAsync(Store, cancellationToken);
}

/// <summary>Changes and commits. One caller at a time.</summary>
internal sealed class DurableCommits : IOperation
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
            "CREATE TABLE IF NOT EXISTS disk (id int PRIMARY KEY, n bigint NOT NULL); INSERT INTO disk VALUES (1, 0) ON CONFLICT DO NOTHING",
            connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
        var update = new NpgsqlCommand("UPDATE disk SET n = n + 1 WHERE id = 1", connection);
        await update.PrepareAsync(cancellationToken);
        return new DurableCommits(dataSource, connection, update);
    }

    public async Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken)
    {
        await _update.ExecuteNonQueryAsync(CancellationToken.None);
        return static () => Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _update.DisposeAsync();
        await _connection.DisposeAsync();
        await _dataSource.DisposeAsync();
    }
}
