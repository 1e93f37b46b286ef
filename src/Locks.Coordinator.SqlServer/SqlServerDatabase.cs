using System.Data;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>Opens connections to one database and runs batches on them.</summary>
internal sealed class SqlServerDatabase : IStoreTime
{
    private readonly SqlServerLockStoreOptions _options;
    private readonly string _connectionString;

    /// <exception cref="ArgumentException">The connection string is malformed.</exception>
    public SqlServerDatabase(string connectionString, SqlServerLockStoreOptions options)
    {
        _options = options;

        // A transaction of the caller is not ours to join. A server that came back is to be found at once: the pool would go on refusing
        // connections for up to a minute, and the callers here wait between tries by themselves.
        _connectionString = new SqlConnectionStringBuilder(connectionString)
        {
            Enlist = false,
            PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock,
        }.ConnectionString;
    }

    /// <summary>A context to read with.</summary>
    public SqlServerLocksDbContext CreateContext() =>
        new(SqlServerLocksDbContext.Options(_connectionString, _options.CommandTimeout));

    /// <summary>A context to change the tables with.</summary>
    public SqlServerLocksDbContext CreateMigrationContext() =>
        new(SqlServerLocksDbContext.Options(_connectionString, _options.MigrationTimeout));

    /// <summary>Runs one batch and reads its results to the end, because errors come behind them.</summary>
    /// <exception cref="LockStoreUnavailableException">SQL Server could not serve it.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> ExecuteAsync<T>(
        string batch,
        IEnumerable<SqlParameter> parameters,
        Func<RowReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var connection = new SqlConnection(_connectionString);
            await using var _ = connection.ConfigureAwait(false);
            await OpenAsync(connection, cancellationToken).ConfigureAwait(false);

            var command = connection.CreateCommand();
            await using var __ = command.ConfigureAwait(false);
            command.CommandText = batch;
            command.CommandTimeout = (int)_options.CommandTimeout.TotalSeconds;
            foreach (var parameter in parameters)
                command.Parameters.Add(parameter);

            var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
            await using var ___ = reader.ConfigureAwait(false);
            var result = await read(new RowReader(reader), cancellationToken).ConfigureAwait(false);
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
            }

            return result;
        }
        catch (SqlException cancelled) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The statement was cancelled.", cancelled, cancellationToken);
        }
        catch (Exception failure) when (SqlServerErrors.MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }

    /// <inheritdoc/>
    public Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(SqlServerStatements.ReadTime, [], ListReader.ReadTimeAsync, cancellationToken);

    private static async Task OpenAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException failure)
        {
            // SqlClient says so when the pool has no connection left.
            throw new LockStoreUnavailableException("No connection to SQL Server became free in time.", failure);
        }
    }
}
