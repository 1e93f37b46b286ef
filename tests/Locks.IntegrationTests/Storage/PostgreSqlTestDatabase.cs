using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>A database of a test class's own, dropped at its end.</summary>
public sealed class PostgreSqlTestDatabase : IAsyncLifetime
{
    /// <summary>Its name.</summary>
    public string Name { get; } = $"locks_{Guid.CreateVersion7():N}";

    /// <summary>The way to it.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(TestServices.Postgres) { Database = Name }.ConnectionString;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => await OnServerAsync($"CREATE DATABASE {Name}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await OnServerAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");

    /// <summary>Runs a statement in the database.</summary>
    public async Task<object?> ExecuteAsync(string statement)
    {
        await using var dataSource = NpgsqlDataSource.Create(ConnectionString);
        await using var command = dataSource.CreateCommand(statement);
        return await command.ExecuteScalarAsync();
    }

    private static async Task OnServerAsync(string statement)
    {
        await using var dataSource = NpgsqlDataSource.Create(TestServices.Postgres);
        await using var command = dataSource.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }
}
