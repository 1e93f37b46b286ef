using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>The connections to one database: a pool that is tuned for the hot path, and a plain one for EF Core.</summary>
internal sealed class PostgreSqlDatabase : IStoreTime, IAsyncDisposable, IDisposable
{
    // The statements are shaped so that each has one good plan, through the indexes, whatever the size of the tables. Without this, a plan
    // that was made (and kept) while the tables were empty reads them from end to end when they have grown. The isolation level is the one
    // that the version checks are built on, whatever the server's default.
    private const string SessionSettings =
        "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off; " +
        "SET default_transaction_isolation = 'read committed'";

    /// <summary>The statement of the readiness check.</summary>
    internal const string Ping = "SELECT $1";

    private const int WriteBufferBytes = 64 * 1_024;

    private readonly PostgreSqlLockStoreOptions _options;
    private readonly string _connectionString;
    private readonly Lazy<NpgsqlDataSource> _commands;
    private readonly Lazy<NpgsqlDataSource> _queries;

    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public PostgreSqlDatabase(string connectionString, PostgreSqlLockStoreOptions options)
    {
        _options = options;

        // Details of an error repeat values of the row, of which one is the token. A transaction of the caller is not ours to join.
        _connectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            IncludeErrorDetail = false,
            LogParameters = false,
            Enlist = false,
            Multiplexing = false,
        }.ConnectionString;
        _commands = new Lazy<NpgsqlDataSource>(OpenCommands);
        _queries = new Lazy<NpgsqlDataSource>(() => Open(new NpgsqlConnectionStringBuilder(_connectionString)).Build());
    }

    /// <summary>For the statements of the store.</summary>
    public NpgsqlDataSource Commands => _commands.Value;

    /// <summary>A context on the plain pool.</summary>
    public PostgreSqlLocksDbContext CreateContext(TimeSpan commandTimeout) =>
        new(PostgreSqlLocksDbContext.Options(_queries.Value, commandTimeout));

    /// <summary>A context to read with.</summary>
    public PostgreSqlLocksDbContext CreateContext() => CreateContext(_options.CommandTimeout);

    /// <summary>A context to change the tables with.</summary>
    public PostgreSqlLocksDbContext CreateMigrationContext() => CreateContext(_options.MigrationTimeout);

    /// <summary>
    /// Sends a statement that takes the path of every other one, prepared and with a parameter, and waits for its answer: a pooler that
    /// loses prepared statements is then found by the readiness check and not by the first grant.
    /// </summary>
    /// <exception cref="LockStoreUnavailableException">The server can't be reached, or did not answer in time.</exception>
    public Task PingAsync(CancellationToken cancellationToken) =>
        this.ExecuteAsync(Ping, parameters => parameters.Bind(1), ListReader.ReadCountAsync, cancellationToken);

    /// <inheritdoc/>
    public Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken) =>
        this.ExecuteAsync(PostgreSqlStatements.ReadTime, static _ => { }, ListReader.ReadTimeAsync, cancellationToken);

    public void Dispose()
    {
        if (_commands.IsValueCreated)
            _commands.Value.Dispose();
        if (_queries.IsValueCreated)
            _queries.Value.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_commands.IsValueCreated)
            await _commands.Value.DisposeAsync().ConfigureAwait(false);
        if (_queries.IsValueCreated)
            await _queries.Value.DisposeAsync().ConfigureAwait(false);
    }

    private NpgsqlDataSource OpenCommands()
    {
        var settings = new NpgsqlConnectionStringBuilder(_connectionString)
        {
            CommandTimeout = (int)_options.CommandTimeout.TotalSeconds,

            // The pool is the store's own and nothing changes a session after its start, so the settings stay.
            NoResetOnClose = true,

            // A set of some hundred locks is sent in one go, and not in a dozen.
            WriteBufferSize = Math.Max(WriteBufferBytes, new NpgsqlConnectionStringBuilder(_connectionString).WriteBufferSize),

            // The store prepares its statements itself: a statement whose first use fails while Npgsql prepares it on its own is kept as
            // one without columns, and breaks the connection when it answers with a row (npgsql#6391).
            MaxAutoPrepare = 0,
        };

        return Open(settings)
            .UsePhysicalConnectionInitializer(
                connection =>
                {
                    using var command = new NpgsqlCommand(SessionSettings, connection);
                    command.ExecuteNonQuery();
                },
                async connection =>
                {
                    var command = new NpgsqlCommand(SessionSettings, connection);
                    await using var _ = command.ConfigureAwait(false);
                    await command.ExecuteNonQueryAsync().ConfigureAwait(false);
                })
            .Build();
    }

    private NpgsqlDataSourceBuilder Open(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        _options.ConfigureDataSource?.Invoke(builder);
        return builder;
    }
}
