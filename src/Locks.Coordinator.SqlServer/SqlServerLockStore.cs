using System.Collections.Immutable;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;
using static Locks.Coordinator.SqlServer.BatchParameters;

namespace Locks.Coordinator.SqlServer;

/// <summary>Keeps locks in SQL Server, each operation one batch (<see cref="SqlServerStatements"/>).</summary>
internal sealed class SqlServerLockStore(SqlServerDatabase database) : ILockStore
{
    public ILeaseStore Leases { get; } = new SqlServerLeaseStore(database);

    public async Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            SqlServerStatements.Load,
            [Json("@ids", CommitJson.Ids(ids))],
            (reader, cancel) => StoredLockReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        var (batch, parameters) = CommitBatch(writes);
        return await database.ExecuteAsync(batch, parameters, BatchResults.ReadRefusedAsync, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync<IReadOnlyList<OverdueLock>>(
            SqlServerStatements.FindOverdue,
            [Time("@dueBefore", dueBefore), Number("@limit", limit)],
            async (reader, cancel) =>
            {
                var overdue = new List<OverdueLock>();
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    overdue.Add(new OverdueLock(reader.GetString(0), reader.GetInt64(1), reader.GetDateTimeOffset(2)));

                return overdue;
            },
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerStatements.PurgeIdle,
            [Time("@idleSince", idleSince), Number("@limit", limit)],
            BatchResults.ReadNumberAsync,
            cancellationToken).ConfigureAwait(false);

    internal static (string Batch, SqlParameter[] Parameters) CommitBatch(IReadOnlyList<LockWrite> writes)
    {
        var locks = Json("@writes", CommitJson.Writes(writes));
        var attach = writes.Any(write => write.AttachesTo is not null);
        if (!attach && writes.All(write => write.Enqueued.Count == 0 && write.Dequeued.Count == 0))
            return (SqlServerStatements.Commit, [locks]);

        var dequeued = Json("@dequeued", CommitJson.Dequeued(writes));
        var enqueued = Json("@enqueued", CommitJson.Enqueued(writes));
        return attach
            ? (SqlServerStatements.CommitOnLeases, [locks, dequeued, enqueued, Json("@attaching", CommitJson.Attaching(writes))])
            : (SqlServerStatements.CommitWithWaiters, [locks, dequeued, enqueued]);
    }
}
