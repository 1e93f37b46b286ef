using System.Collections.Immutable;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.Data.SqlClient;
using static Locks.Coordinator.SqlServer.BatchParameters;

namespace Locks.Coordinator.SqlServer;

/// <summary>Stores locks in SQL Server, each operation one batch (<see cref="SqlServerStatements"/>).</summary>
internal sealed class SqlServerLockStore(SqlServerDatabase database, CoordinatorClock clock) : ILockStore
{
    public ILeaseStore Leases { get; } = new SqlServerLeaseStore(database, clock);

    public ILockReader Reader { get; } = new SqlServerLockReader(database);

    public async Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            SqlServerStatements.Load,
            [Json("@ids", CommitJson.Ids(ids))],
            (reader, cancel) => LockReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        var (batch, parameters) = CommitBatch(writes);
        var sentAt = clock.Elapsed;
        return await database.ExecuteAsync(
            batch,
            parameters,
            (reader, cancel) => CommitReader.ReadAsync(reader, clock, sentAt, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerStatements.FindOverdue,
            [Time("@dueBefore", dueBefore), Number("@limit", limit)],
            ListReader.ReadLocksAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerStatements.PurgeIdle,
            [Time("@idleSince", idleSince), Number("@limit", limit)],
            ListReader.ReadCountAsync,
            cancellationToken).ConfigureAwait(false);

    internal static (string Batch, SqlParameter[] Parameters) CommitBatch(IReadOnlyList<LockWrite> writes)
    {
        var attach = writes.Any(write => write.AttachesTo.Count > 0);
        var queuesChange = writes.Any(write => write.Enqueued.Count > 0 || write.Dequeued.Count > 0);
        var isOne = writes is [{ ExpectedVersion: > 0 }] && !attach;
        if (isOne && !queuesChange)
            return (SqlServerStatements.CommitOne, [.. OfUpdate(LockColumns.Table, writes[0])]);

        var dequeued = Json("@dequeued", CommitJson.Dequeued(writes));
        var enqueued = Json("@enqueued", CommitJson.Enqueued(writes));
        if (isOne)
            return (SqlServerStatements.CommitOneWithWaiters, [.. OfUpdate(LockColumns.Table, writes[0]), dequeued, enqueued]);

        var locks = Json("@writes", CommitJson.Writes(writes));
        if (!attach && !queuesChange)
            return (SqlServerStatements.Commit, [locks]);

        return attach
            ? (SqlServerStatements.CommitOnLeases, [locks, dequeued, enqueued, Json("@attaching", CommitJson.Attaching(writes))])
            : (SqlServerStatements.CommitWithWaiters, [locks, dequeued, enqueued]);
    }
}
