using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Locks.IntegrationTests.Storage;

/// <summary>Databases with the tables in them, copied from one that was migrated once.</summary>
internal static class MigratedDatabase
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);

    // PostgreSQL copies a template for one at a time.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>Makes a database.</summary>
    /// <returns>The way to it.</returns>
    public static async Task<string> CreateAsync()
    {
        var template = await Template.Value;
        var name = $"locks_{Guid.CreateVersion7():N}";
        await OneAtATime.WaitAsync();
        try
        {
            await OnServerAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        }
        finally
        {
            OneAtATime.Release();
        }

        return ConnectionTo(name);
    }

    /// <summary>Drops a database.</summary>
    public static Task DropAsync(string connectionString) =>
        OnServerAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    private static async Task<string> MakeTemplateAsync()
    {
        var name = $"template_{Guid.CreateVersion7():N}";
        var connectionString = new NpgsqlConnectionStringBuilder(ConnectionTo(name)) { Pooling = false }.ConnectionString;
        await using var services = StoreUnderTest.Provide(builder => builder.UsePostgreSql(connectionString));
        await services.GetRequiredService<ILockSchema>().MigrateAsync(CancellationToken.None);
        return name;
    }

    private static string ConnectionTo(string database) =>
        new NpgsqlConnectionStringBuilder(TestServices.Postgres) { Database = database }.ConnectionString;

    private static async Task OnServerAsync(string statement)
    {
        await using var dataSource = NpgsqlDataSource.Create(TestServices.Postgres);
        await using var command = dataSource.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }
}
