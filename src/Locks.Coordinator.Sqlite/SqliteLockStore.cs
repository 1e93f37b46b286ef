using System.Collections.Immutable;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.Sqlite;

/// <summary>Stores locks in an SQLite file, each set in one transaction (<see cref="SqliteStatements"/>).</summary>
internal sealed class SqliteLockStore(SqliteDatabase database) : ILockStore
{
    public ILeaseStore Leases { get; } = new SqliteLeaseStore(database);

    public ILockReader Reader { get; } = new SqliteLockReader(database);

    public async Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.RunAsync(
            session => session.ReadAsync(
                SqliteStatements.Load,
                reader => LockReader.ReadAsync(reader, ids.Count, cancellationToken),
                ("$ids", SqliteValues.Json(ids))),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        return await database.RunAsync(
            session => Task.FromResult(session.InTransaction(() => Commit(session, writes))), cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        database.RunAsync(
            session => session.ReadAsync(
                SqliteStatements.FindOverdue,
                reader => ListReader.ReadLocksAsync(reader, cancellationToken),
                ("$before", Micros.Of(dueBefore)),
                ("$limit", limit)),
            cancellationToken);

    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        database.RunAsync(
            session => Task.FromResult(session.Change(
                SqliteStatements.PurgeIdle, ("$before", Micros.Of(idleSince)), ("$limit", limit))),
            cancellationToken);

    private static IReadOnlySet<Guid> Commit(SqliteSession session, IReadOnlyList<LockWrite> writes)
    {
        HashSet<Guid>? refused = null;
        foreach (var write in writes)
        {
            if (IsAccepted(session, write))
                WriteWaiters(session, write);
            else
                (refused ??= []).Add(write.Id);
        }

        return refused is null ? ImmutableHashSet<Guid>.Empty : refused;
    }

    private static bool IsAccepted(SqliteSession session, LockWrite write)
    {
        if (write.AttachesTo.Any(lease => session.ReadNumber(SqliteStatements.IsLeaseActive, ("$id", lease)) == 0))
            return false;

        return session.Change(write.ExpectedVersion == 0 ? SqliteStatements.Insert : SqliteStatements.Update, LockColumns.Table, write) == 1;
    }

    private static void WriteWaiters(SqliteSession session, LockWrite write)
    {
        foreach (var ticket in write.Dequeued)
            session.Change(SqliteStatements.Dequeue, ("$lock_id", write.Id), ("$ticket", ticket));
        foreach (var waiter in write.Enqueued)
            session.Change(SqliteStatements.Enqueue, WaiterColumns.Table, new QueuedWaiter(write.Id, waiter));
    }
}
