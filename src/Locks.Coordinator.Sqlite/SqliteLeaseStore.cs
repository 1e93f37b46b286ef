using System.Collections.Immutable;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.Sqlite;

/// <summary>Stores leases in an SQLite file, each set in one transaction (<see cref="SqliteStatements"/>).</summary>
internal sealed class SqliteLeaseStore(SqliteDatabase database) : ILeaseStore
{
    public async Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.RunAsync(
            session => session.ReadAsync(
                SqliteStatements.LoadLeases,
                reader => LeaseReader.ReadAsync(reader, ids.Count, cancellationToken),
                ("$ids", SqliteValues.Json(ids))),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        return await database.RunAsync(
            session => Task.FromResult<IReadOnlySet<Guid>>(session.InTransaction(
                () => writes.Where(write => !IsAccepted(session, write)).Select(write => write.State.Id).ToHashSet())),
            cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        database.RunAsync(
            session => session.ReadAsync(
                SqliteStatements.FindLocksOfLease,
                reader => ListReader.ReadIdsAsync(reader, cancellationToken),
                ("$id", leaseId),
                ("$limit", limit)),
            cancellationToken);

    public Task<IReadOnlyList<Guid>> FindWaitedForAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        database.RunAsync(
            session => session.ReadAsync(
                SqliteStatements.FindLocksWaitedForOnLease,
                reader => ListReader.ReadIdsAsync(reader, cancellationToken),
                ("$id", leaseId),
                ("$limit", limit)),
            cancellationToken);

    public Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken) =>
        database.RunAsync(
            session => Task.FromResult((int)session.ReadNumber(SqliteStatements.CountLocksOfLease, ("$id", leaseId))), cancellationToken);

    public Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        database.RunAsync(
            session => session.ReadAsync(
                SqliteStatements.FindOverdueLeases,
                reader => ListReader.ReadLeasesAsync(reader, cancellationToken),
                ("$before", Micros.Of(dueBefore)),
                ("$limit", limit)),
            cancellationToken);

    public Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken) =>
        database.RunAsync(
            session => Task.FromResult(session.Change(
                SqliteStatements.PurgeEndedLeases, ("$before", Micros.Of(endedSince)), ("$limit", limit))),
            cancellationToken);

    private static bool IsAccepted(SqliteSession session, LeaseWrite write) =>
        session.Change(write.ExpectedVersion == 0 ? SqliteStatements.InsertLease : SqliteStatements.UpdateLease, LeaseColumns.Table, write) == 1;
}
