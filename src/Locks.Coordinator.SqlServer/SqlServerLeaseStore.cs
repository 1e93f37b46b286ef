using System.Collections.Immutable;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using static Locks.Coordinator.SqlServer.BatchParameters;

namespace Locks.Coordinator.SqlServer;

/// <summary>Stores leases in SQL Server, each operation one batch (<see cref="SqlServerLeaseStatements"/>).</summary>
internal sealed class SqlServerLeaseStore(SqlServerDatabase database, CoordinatorClock clock) : ILeaseStore
{
    public async Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            SqlServerLeaseStatements.Load,
            [Json("@ids", CommitJson.Ids(ids))],
            (reader, cancel) => LeaseReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        var sentAt = clock.Elapsed;
        return await database.ExecuteAsync(
            SqlServerLeaseStatements.Commit,
            [Json("@writes", CommitJson.Leases(writes))],
            (reader, cancel) => CommitReader.ReadAsync(reader, clock, sentAt, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.FindLocks,
            [Id("@lease", leaseId), Number("@limit", limit)],
            ListReader.ReadIdsAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<Guid>> FindWaitedForAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.FindWaitedFor,
            [Id("@lease", leaseId), Number("@limit", limit)],
            ListReader.ReadIdsAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.CountLocks,
            [Id("@lease", leaseId)],
            ListReader.ReadCountAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.FindOverdue,
            [Time("@dueBefore", dueBefore), Number("@limit", limit)],
            ListReader.ReadLeasesAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.PurgeEnded,
            [Time("@endedSince", endedSince), Number("@limit", limit)],
            ListReader.ReadCountAsync,
            cancellationToken).ConfigureAwait(false);
}
