using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.Extensions.Logging;
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

    /// <summary>The same settings, for one transaction.</summary>
    internal const string TransactionSettings =
        "SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true), " +
        "set_config('jit', 'off', true)";

    internal const string BeginTransaction = "BEGIN ISOLATION LEVEL READ COMMITTED", CommitTransaction = "COMMIT";

    private const string AskForProcess = "SELECT pg_backend_pid()";

    private const int WriteBufferBytes = 64 * 1_024;

    private readonly PostgreSqlLockStoreOptions _options;
    private readonly ILogger<PostgreSqlDatabase> _logger;
    private readonly string _connectionString;
    private readonly Lazy<NpgsqlDataSource> _commands;
    private readonly Lazy<NpgsqlDataSource> _queries;
    private int _poolsTransactions;

    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public PostgreSqlDatabase(string connectionString, PostgreSqlLockStoreOptions options, ILogger<PostgreSqlDatabase> logger)
    {
        _options = options;
        _logger = logger;
        _poolsTransactions = options.PoolMode == PostgreSqlPoolMode.Transaction ? 1 : 0;

        // Details of an error repeat values of the row, of which one is the token. A transaction of the caller is not ours to join. Nothing
        // is reset at the end: the pools are the store's own and nothing changes a session after its start, and behind a pooler a reset
        // would be that of another client's session. Npgsql prepares nothing by itself: a statement whose first use fails meanwhile is kept
        // as one without columns, and breaks the connection when it answers with a row (npgsql#6391).
        _connectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            IncludeErrorDetail = false,
            LogParameters = false,
            Enlist = false,
            Multiplexing = false,
            NoResetOnClose = true,
            MaxAutoPrepare = 0,
        }.ConnectionString;
        _commands = new Lazy<NpgsqlDataSource>(OpenCommands);
        _queries = new Lazy<NpgsqlDataSource>(() => Open(new NpgsqlConnectionStringBuilder(_connectionString)).Build());
    }

    /// <summary>For the statements of the store.</summary>
    public NpgsqlDataSource Commands => _commands.Value;

    /// <summary>
    /// Whether a pooler gives each transaction another session of the server. Then nothing that one leaves in a session, a setting or a
    /// prepared statement, is there for the next, and it would be there for another client.
    /// </summary>
    public bool PoolsTransactions => Volatile.Read(ref _poolsTransactions) == 1;

    private bool MustLookForPooler => _options.PoolMode is null && !PoolsTransactions;

    /// <summary>A context on the plain pool.</summary>
    public PostgreSqlLocksDbContext CreateContext(TimeSpan commandTimeout) =>
        new(PostgreSqlLocksDbContext.Options(_queries.Value, commandTimeout));

    /// <summary>A context to read with.</summary>
    public PostgreSqlLocksDbContext CreateContext() => CreateContext(_options.CommandTimeout);

    /// <summary>A context to change the tables with.</summary>
    public PostgreSqlLocksDbContext CreateMigrationContext() => CreateContext(_options.MigrationTimeout);

    /// <summary>Takes note of a pooler that was found, unless the options say what it does.</summary>
    public void FoundPooler()
    {
        if (_options.PoolMode is null && Interlocked.Exchange(ref _poolsTransactions, 1) == 0)
            _logger.PoolerFound();
    }

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

            // A set of some hundred locks is sent in one go, and not in a dozen.
            WriteBufferSize = Math.Max(WriteBufferBytes, new NpgsqlConnectionStringBuilder(_connectionString).WriteBufferSize),
        };

        return Open(settings)
            .UsePhysicalConnectionInitializer(
                connection =>
                {
                    if (MustLookForPooler)
                    {
                        using var ask = new NpgsqlCommand(AskForProcess, connection);
                        LookForPooler(connection, ask.ExecuteScalar());
                    }

                    if (PoolsTransactions)
                        return;
                    using var set = new NpgsqlCommand(SessionSettings, connection);
                    set.ExecuteNonQuery();
                },
                async connection =>
                {
                    if (MustLookForPooler)
                    {
                        var ask = new NpgsqlCommand(AskForProcess, connection);
                        await using var _ = ask.ConfigureAwait(false);
                        LookForPooler(connection, await ask.ExecuteScalarAsync().ConfigureAwait(false));
                    }

                    if (PoolsTransactions)
                        return;
                    var set = new NpgsqlCommand(SessionSettings, connection);
                    await using var __ = set.ConfigureAwait(false);
                    await set.ExecuteNonQueryAsync().ConfigureAwait(false);
                })
            .Build();
    }

    // The server announces its process when a connection opens. A pooler announces what it needs to know the connection by.
    private void LookForPooler(NpgsqlConnection connection, object? process)
    {
        if (process is int answered && answered != connection.ProcessID)
            FoundPooler();
    }

    private NpgsqlDataSourceBuilder Open(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        _options.ConfigureDataSource?.Invoke(builder);
        return builder;
    }
}
