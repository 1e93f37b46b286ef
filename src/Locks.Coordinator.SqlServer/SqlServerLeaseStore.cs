using System.Collections.Immutable;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using static Locks.Coordinator.SqlServer.BatchParameters;

namespace Locks.Coordinator.SqlServer;

/// <summary>Keeps shared leases in SQL Server, each operation one batch (<see cref="SqlServerLeaseStatements"/>).</summary>
internal sealed class SqlServerLeaseStore(SqlServerDatabase database) : ILeaseStore
{
    public async Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            SqlServerLeaseStatements.Load,
            [Json("@ids", CommitJson.Ids(ids))],
            (reader, cancel) => StoredLeaseReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        return await database.ExecuteAsync(
            SqlServerLeaseStatements.Commit,
            [Json("@writes", CommitJson.Leases(writes))],
            BatchResults.ReadRefusedAsync,
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.FindLocks,
            [Id("@lease", leaseId), Number("@limit", limit)],
            BatchResults.ReadIdsAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.CountLocks,
            [Id("@lease", leaseId)],
            BatchResults.ReadNumberAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.FindOverdue,
            [Time("@dueBefore", dueBefore), Number("@limit", limit)],
            StoredLeaseReader.ReadOverdueAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerLeaseStatements.PurgeEnded,
            [Time("@endedSince", endedSince), Number("@limit", limit)],
            BatchResults.ReadNumberAsync,
            cancellationToken).ConfigureAwait(false);
}
