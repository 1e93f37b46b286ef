using Npgsql;

namespace Locks.Benchmarks.Servers;

/// <summary>A database for one run, dropped at its end.</summary>
internal sealed class OwnDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name = $"locks_bench_{Guid.CreateVersion7():N}";

    private OwnDatabase(string server) => _server = server;

    /// <summary>The way to it.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ConnectionString;

    public static async Task<OwnDatabase> CreateAsync(string server)
    {
        var database = new OwnDatabase(server);
        await database.OnServerAsync($"CREATE DATABASE {database._name}");
        return database;
    }

    public async ValueTask DisposeAsync() => await OnServerAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");

    private async Task OnServerAsync(string statement)
    {
        await using var dataSource = NpgsqlDataSource.Create(_server);
        await using var command = dataSource.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }
}
