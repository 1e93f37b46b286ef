using System.Collections.Immutable;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Keeps shared leases in PostgreSQL, each operation one statement (<see cref="PostgreSqlLeaseStatements"/>).</summary>
internal sealed class PostgreSqlLeaseStore(PostgreSqlDatabase database) : ILeaseStore
{
    public async Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            PostgreSqlLeaseStatements.Load,
            parameters => parameters.Bind(ids),
            (reader, cancel) => StoredLeaseReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        return await database.ExecuteAsync(
            PostgreSqlLeaseStatements.Commit,
            parameters => CommitParameters.AddLeases(parameters, writes),
            PostgreSqlExecution.ReadIdsAsync,
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync<IReadOnlyList<Guid>>(
            PostgreSqlLeaseStatements.FindLocks,
            parameters => parameters.Bind(leaseId).Bind(limit),
            async (reader, cancel) =>
            {
                var ids = new List<Guid>();
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    ids.Add(reader.GetGuid(0));

                return ids;
            },
            cancellationToken).ConfigureAwait(false);

    public async Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            PostgreSqlLeaseStatements.CountLocks,
            parameters => parameters.Bind(leaseId),
            async (reader, cancel) => await reader.ReadAsync(cancel).ConfigureAwait(false) ? reader.GetInt32(0) : 0,
            cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            PostgreSqlLeaseStatements.FindOverdue,
            parameters => parameters.Bind(dueBefore).Bind(limit),
            StoredLeaseReader.ReadOverdueAsync,
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            PostgreSqlLeaseStatements.PurgeEnded,
            parameters => parameters.Bind(endedSince).Bind(limit),
            (reader, _) => Task.FromResult(reader.RecordsAffected),
            cancellationToken).ConfigureAwait(false);
}
