using Locks.TestKit;
using Locks.Verification.Clients;
using Npgsql;

namespace Locks.Verification.Servers;

/// <summary>A database of a run's own: the tables of the locks, and the guarded resource. Disposing drops it.</summary>
internal sealed class VerificationDatabase : IAsyncDisposable
{
    private const int MostLogFiles = 20;

    private readonly string _server;
    private readonly string _name = $"locks_verification_{Guid.CreateVersion7():N}";

    public VerificationDatabase(string server)
    {
        _server = server;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = _name }.ConnectionString;
        Resource = new GuardedResource(ConnectionString, isPooled: false);
    }

    public string ConnectionString { get; }

    public GuardedResource Resource { get; }

    /// <summary>Creates the database where it is missing, and brings the tables of the locks to the form of a version.</summary>
    /// <param name="clone">A built clone of the repository with that version.</param>
    public async Task MigrateAsync(string clone)
    {
        var settings = new Dictionary<string, string> { ["Locks__Store"] = "PostgreSql", ["Locks__ConnectionString"] = ConnectionString };
        await using var migration = new ChildProcess(BuiltServer.StartInfoIn(clone, settings, "migrate"));
        if (await migration.ExitAsync() is var code and not 0)
            throw new InvalidOperationException($"Locks.Server -- migrate of {clone} ended with {code}: {string.Join(' ', migration.Printed)}");
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

    /// <summary>Has the server begin new files of its log, until it can't: it has some that it made before.</summary>
    public async Task UseUpLogFilesAsync()
    {
        try
        {
            // A file that nothing was written to is not ended.
            for (var files = 0; files < MostLogFiles; files++)
                await OnServerAsync("SELECT pg_logical_emit_message(false, 'locks', 'x'); SELECT pg_switch_wal()");
        }
        catch (NpgsqlException)
        {
            // The server goes down when there is no room for its log.
        }
    }

    /// <summary>Whether the server can be reached.</summary>
    public async Task<bool> IsServingAsync()
    {
        try
        {
            await OnServerAsync("SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
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

    /// <summary>Counts the rows of the store.</summary>
    public Task<long> CountRowsAsync() => RunAsync(
        ConnectionString,
        """
        SELECT (SELECT count(*) FROM locks.locks) + (SELECT count(*) FROM locks.lock_waiters) + (SELECT count(*) FROM locks.leases)
        """);

    private Task<long> OnServerAsync(string statement) => RunAsync(_server, statement);

    private static async Task<long> RunAsync(string connectionString, string statement)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = source.CreateCommand(statement);
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }
}
