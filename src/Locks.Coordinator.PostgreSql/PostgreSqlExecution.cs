using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Npgsql;
using NpgsqlTypes;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Runs statements for the stores.</summary>
internal static class PostgreSqlExecution
{
    /// <summary>Runs one statement on the hot path's pool, prepared and with its parameters, and reads what it returns.</summary>
    /// <exception cref="LockStoreUnavailableException">PostgreSQL could not serve it.</exception>
    public static Task<T> ExecuteAsync<T>(
        this PostgreSqlDatabase database,
        string statement,
        Action<NpgsqlParameterCollection> bind,
        Func<RowReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken) =>
        database.RunAsync(statement, bind, (reader, cancel) => read(new RowReader(reader), cancel), cancellationToken);

    /// <summary>Runs one statement that changes rows, in the same way.</summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="LockStoreUnavailableException">PostgreSQL could not serve it.</exception>
    public static Task<int> ChangeAsync(
        this PostgreSqlDatabase database, string statement, Action<NpgsqlParameterCollection> bind, CancellationToken cancellationToken) =>
        database.RunAsync(statement, bind, (reader, _) => Task.FromResult(reader.RecordsAffected), cancellationToken);

    /// <summary>Runs one statement that writes a set, in the same way, and hands the server's time to the coordinator's clock.</summary>
    /// <returns>What was refused.</returns>
    /// <exception cref="LockStoreUnavailableException">PostgreSQL could not serve it.</exception>
    public static Task<IReadOnlySet<Guid>> CommitAsync(
        this PostgreSqlDatabase database,
        CoordinatorClock clock,
        string statement,
        Action<NpgsqlParameterCollection> bind,
        CancellationToken cancellationToken)
    {
        var sentAt = 0L;
        return database.ExecuteAsync(
            statement,
            parameters =>
            {
                bind(parameters);
                // A connection is there by now.
                sentAt = clock.Elapsed;
            },
            (reader, cancel) => CommitReader.ReadAsync(reader, clock, sentAt, cancel),
            cancellationToken);
    }

    public static NpgsqlParameterCollection Bind(this NpgsqlParameterCollection parameters, IReadOnlyCollection<Guid> ids) =>
        Bind(parameters, NpgsqlDbType.Array | NpgsqlDbType.Uuid, ids.ToArray());

    public static NpgsqlParameterCollection Bind(this NpgsqlParameterCollection parameters, Guid id) =>
        Bind(parameters, NpgsqlDbType.Uuid, id);

    public static NpgsqlParameterCollection Bind(this NpgsqlParameterCollection parameters, DateTimeOffset time) =>
        Bind(parameters, NpgsqlDbType.TimestampTz, time.UtcDateTime);

    public static NpgsqlParameterCollection Bind(this NpgsqlParameterCollection parameters, int number) =>
        Bind(parameters, NpgsqlDbType.Integer, number);

    /// <summary>One column of a set.</summary>
    public static void Bind<TSource, T>(
        this NpgsqlParameterCollection parameters, NpgsqlDbType type, IReadOnlyList<TSource> source, Func<TSource, T> column)
    {
        var values = new T[source.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = column(source[i]);

        Bind(parameters, NpgsqlDbType.Array | type, values);
    }

    /// <summary>One value.</summary>
    public static NpgsqlParameterCollection Bind<T>(this NpgsqlParameterCollection parameters, NpgsqlDbType type, T value)
    {
        parameters.Add(new NpgsqlParameter<T> { NpgsqlDbType = type, TypedValue = value });
        return parameters;
    }

    private static async Task<T> RunAsync<T>(
        this PostgreSqlDatabase database,
        string statement,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        try
        {
            var connection = await database.Commands.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            return await (database.PoolsTransactions
                ? RunInTransactionAsync(connection, statement, bind, read, cancellationToken)
                : RunPreparedAsync(connection, statement, bind, read, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgreSqlErrors.MayPass(failure, out var unavailable))
        {
            if (PostgreSqlErrors.IsAboutPreparation(failure))
                database.FoundPooler();
            throw unavailable;
        }
    }

    private static async Task<T> RunPreparedAsync<T>(
        NpgsqlConnection connection,
        string statement,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(statement, connection);
        await using var _ = command.ConfigureAwait(false);
        bind(command.Parameters);

        // A round trip for the first use on a connection and none after it: what is prepared outlives the command.
        await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        return await read(reader, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All in one round trip, and to its end: only then is it known that what was written is committed.</summary>
    private static async Task<T> RunInTransactionAsync<T>(
        NpgsqlConnection connection,
        string statement,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        foreach (var text in (string[])
            [PostgreSqlDatabase.BeginTransaction, PostgreSqlDatabase.TransactionSettings, statement, PostgreSqlDatabase.CommitTransaction])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(text));
        }

        bind(batch.BatchCommands[2].Parameters);
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var result = await read(reader, cancellationToken).ConfigureAwait(false);
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
        }

        return result;
    }
}
