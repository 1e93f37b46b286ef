using System.Collections.Immutable;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Stores leases in PostgreSQL, each operation one statement (<see cref="PostgreSqlLeaseStatements"/>).</summary>
internal sealed class PostgreSqlLeaseStore(PostgreSqlDatabase database, CoordinatorClock clock) : ILeaseStore
{
    public async Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            PostgreSqlLeaseStatements.Load,
            parameters => parameters.Bind(ids),
            (reader, cancel) => LeaseReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        return await database.CommitAsync(
            clock,
            PostgreSqlLeaseStatements.Commit,
            parameters => CommitParameters.AddLeases(parameters, writes),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            PostgreSqlLeaseStatements.FindLocks,
            parameters => parameters.Bind(leaseId).Bind(limit),
            ListReader.ReadIdsAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<Guid>> FindWaitedForAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            PostgreSqlLeaseStatements.FindWaitedFor,
            parameters => parameters.Bind(leaseId).Bind(limit),
            ListReader.ReadIdsAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            PostgreSqlLeaseStatements.CountLocks,
            parameters => parameters.Bind(leaseId),
            ListReader.ReadCountAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            PostgreSqlLeaseStatements.FindOverdue,
            parameters => parameters.Bind(dueBefore).Bind(limit),
            ListReader.ReadLeasesAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken) =>
        await database.ChangeAsync(
            PostgreSqlLeaseStatements.PurgeEnded,
            parameters => parameters.Bind(endedSince).Bind(limit),
            cancellationToken).ConfigureAwait(false);
}
