using Locks.Coordinator.Storage;
using Locks.Verification.Clients;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Locks.Verification.Servers;

/// <summary>A database of a run's own: the tables of the locks, and the guarded resource. Disposing drops it.</summary>
internal sealed class VerificationDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name = $"locks_verification_{Guid.CreateVersion7():N}";

    private VerificationDatabase(string server)
    {
        _server = server;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = _name }.ConnectionString;
        Resource = new GuardedResource(ConnectionString, isPooled: false);
    }

    public string ConnectionString { get; }

    public GuardedResource Resource { get; }

    /// <summary>Creates the database with everything in it.</summary>
    public static async Task<VerificationDatabase> CreateAsync(string server, IEnumerable<string> keys)
    {
        var database = new VerificationDatabase(server);
        var services = new ServiceCollection().AddLogging();
        services.AddLockCoordinator().UsePostgreSql(database.ConnectionString);
        await using (var provider = services.BuildServiceProvider())
            await provider.GetRequiredService<ILockSchema>().MigrateAsync(CancellationToken.None);
        await database.Resource.CreateAsync(keys);
        return database;
    }

    /// <summary>Ends all sessions of the coordinators, as an administrator does.</summary>
    /// <returns>How many there were.</returns>
    public Task<long> EndSessionsAsync() => OnServerAsync(
        $"""
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE datname = '{_name}' AND application_name <> '{GuardedResource.SessionName}'
        """);

    /// <summary>Lets the sessions of the coordinators, new ones, read alone, as a server does that waits to take over.</summary>
    public async Task MakeReadOnlyAsync()
    {
        await OnServerAsync($"ALTER DATABASE {_name} SET default_transaction_read_only = on");
        await EndSessionsAsync();
    }

    /// <summary>Lets the coordinators write again.</summary>
    public async Task MakeWritableAsync()
    {
        await OnServerAsync($"ALTER DATABASE {_name} RESET default_transaction_read_only");
        await EndSessionsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Resource.DisposeAsync();
        await OnServerAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    /// <summary>Counts the locks that are not free, the waiters and the leases that the store has.</summary>
    public Task<long> CountLeftAsync() => RunAsync(
        ConnectionString,
        """
        SELECT (SELECT count(*) FROM locks.locks WHERE state <> 'Free') + (SELECT count(*) FROM locks.lock_waiters)
             + (SELECT count(*) FROM locks.leases WHERE state = 'Active')
        """);

    private Task<long> OnServerAsync(string statement) => RunAsync(_server, statement);

    private static async Task<long> RunAsync(string connectionString, string statement)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = source.CreateCommand(statement);
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }
}
