using System.Collections.Immutable;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Keeps locks in PostgreSQL, each operation one statement (<see cref="PostgreSqlStatements"/>).</summary>
internal sealed class PostgreSqlLockStore(PostgreSqlDatabase database) : ILockStore
{
    public ILeaseStore Leases { get; } = new PostgreSqlLeaseStore(database);

    public async Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            PostgreSqlStatements.Load,
            parameters => parameters.Bind(ids),
            (reader, cancel) => StoredLockReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        var attach = writes.Any(write => write.AttachesTo is not null);
        var linesChange = writes.Any(write => write.Enqueued.Count > 0 || write.Dequeued.Count > 0);
        return await database.ExecuteAsync(
            attach ? PostgreSqlStatements.CommitOnLeases
            : linesChange ? PostgreSqlStatements.CommitWithWaiters
            : PostgreSqlStatements.Commit,
            parameters =>
            {
                CommitParameters.AddLocks(parameters, writes);
                if (attach || linesChange)
                    CommitParameters.AddWaiters(parameters, writes);
                if (attach)
                    CommitParameters.AddAttachments(parameters, writes);
            },
            PostgreSqlExecution.ReadIdsAsync,
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync<IReadOnlyList<OverdueLock>>(
            PostgreSqlStatements.FindOverdue,
            parameters => parameters.Bind(dueBefore).Bind(limit),
            async (reader, cancel) =>
            {
                var overdue = new List<OverdueLock>();
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    overdue.Add(new OverdueLock(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2)));

                return overdue;
            },
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            PostgreSqlStatements.PurgeIdle,
            parameters => parameters.Bind(idleSince).Bind(limit),
            (reader, _) => Task.FromResult(reader.RecordsAffected),
            cancellationToken).ConfigureAwait(false);
}
