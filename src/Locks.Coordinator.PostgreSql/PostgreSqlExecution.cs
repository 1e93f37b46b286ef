using System.Collections.Immutable;
using Locks.Coordinator.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Locks.Coordinator.PostgreSql;

/// <summary>How the stores run their statements.</summary>
internal static class PostgreSqlExecution
{
    /// <summary>Runs one statement on the hot path's pool.</summary>
    /// <exception cref="LockStoreUnavailableException">It could not be served.</exception>
    public static async Task<T> ExecuteAsync<T>(
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
            var command = new NpgsqlCommand(statement, connection);
            await using var __ = command.ConfigureAwait(false);
            bind(command.Parameters);

            // A round trip for the first use on a connection and none after it: what is prepared outlives the command.
            await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var ___ = reader.ConfigureAwait(false);
            return await read(reader, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgreSqlErrors.MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }

    /// <summary>Reads what a commit refused: nothing, as a rule.</summary>
    public static async Task<IReadOnlySet<Guid>> ReadIdsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        HashSet<Guid>? ids = null;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            (ids ??= []).Add(reader.GetGuid(0));

        return ids is null ? ImmutableHashSet<Guid>.Empty : ids;
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
}
