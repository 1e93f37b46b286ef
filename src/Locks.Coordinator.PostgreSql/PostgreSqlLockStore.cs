using System.Collections.Immutable;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Keeps locks in PostgreSQL, each operation one statement (<see cref="PostgreSqlStatements"/>).</summary>
internal sealed class PostgreSqlLockStore(PostgreSqlDatabase database) : ILockStore
{
    public async Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await ExecuteAsync(
            PostgreSqlStatements.Load,
            parameters => Add(parameters, NpgsqlDbType.Array | NpgsqlDbType.Uuid, ids.ToArray()),
            (reader, cancel) => StoredLockReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        var linesChange = writes.Any(write => write.Enqueued.Count > 0 || write.Dequeued.Count > 0);
        return await ExecuteAsync<IReadOnlySet<Guid>>(
            linesChange ? PostgreSqlStatements.CommitWithWaiters : PostgreSqlStatements.Commit,
            parameters =>
            {
                CommitParameters.AddLocks(parameters, writes);
                if (linesChange)
                    CommitParameters.AddWaiters(parameters, writes);
            },
            async (reader, cancel) =>
            {
                HashSet<Guid>? refused = null;
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    (refused ??= []).Add(reader.GetGuid(0));

                return refused is null ? ImmutableHashSet<Guid>.Empty : refused;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await ExecuteAsync<IReadOnlyList<OverdueLock>>(
            PostgreSqlStatements.FindOverdue,
            parameters =>
            {
                Add(parameters, NpgsqlDbType.TimestampTz, dueBefore.UtcDateTime);
                Add(parameters, NpgsqlDbType.Integer, limit);
            },
            async (reader, cancel) =>
            {
                var overdue = new List<OverdueLock>();
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    overdue.Add(new OverdueLock(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2)));

                return overdue;
            },
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            PostgreSqlStatements.PurgeIdle,
            parameters =>
            {
                Add(parameters, NpgsqlDbType.TimestampTz, idleSince.UtcDateTime);
                Add(parameters, NpgsqlDbType.Integer, limit);
            },
            (reader, _) => Task.FromResult(reader.RecordsAffected),
            cancellationToken).ConfigureAwait(false);

    private static void Add<T>(NpgsqlParameterCollection parameters, NpgsqlDbType type, T value) =>
        parameters.Add(new NpgsqlParameter<T> { NpgsqlDbType = type, TypedValue = value });

    private async Task<T> ExecuteAsync<T>(
        string statement,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        try
        {
            var command = database.Commands.CreateCommand(statement);
            await using var _ = command.ConfigureAwait(false);
            bind(command.Parameters);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            return await read(reader, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgreSqlErrors.MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }
}
