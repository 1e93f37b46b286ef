using System.Collections.Immutable;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Stores locks in PostgreSQL, each operation one statement (<see cref="PostgreSqlStatements"/>).</summary>
internal sealed class PostgreSqlLockStore(PostgreSqlDatabase database, CoordinatorClock clock) : ILockStore
{
    // A commit of one of them waits meanwhile: some milliseconds.
    private const int CatchUpAtATime = 500;

    public ILeaseStore Leases { get; } = new PostgreSqlLeaseStore(database, clock);

    public ILockReader Reader { get; } = new PostgreSqlLockReader(database);

    public async Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            PostgreSqlStatements.Load,
            parameters => parameters.Bind(ids),
            (reader, cancel) => LockReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        var sorted = writes.ToArray();
        Array.Sort(sorted, static (one, other) => one.Id.CompareTo(other.Id));
        var attach = Array.Exists(sorted, static write => write.AttachesTo.Count > 0);
        var someAreNew = Array.Exists(sorted, static write => write.ExpectedVersion == 0);
        var queuesChange = Array.Exists(sorted, static write => write.Enqueued.Count > 0 || write.Dequeued.Count > 0);
        var isOne = sorted.Length == 1 && !attach && !someAreNew;
        if (isOne && !queuesChange)
            return await CommitOneAsync(sorted[0], cancellationToken).ConfigureAwait(false);

        return await database.CommitAsync(
            clock,
            attach ? PostgreSqlStatements.CommitOnLeases
            : someAreNew ? PostgreSqlStatements.CommitWithNew
            : isOne ? PostgreSqlStatements.CommitOneWithWaiters
            : queuesChange ? PostgreSqlStatements.CommitWithWaiters
            : PostgreSqlStatements.Commit,
            parameters =>
            {
                if (isOne)
                    CommitParameters.AddLock(parameters, sorted[0]);
                else
                    CommitParameters.AddLocks(parameters, sorted);
                if (attach || someAreNew || queuesChange)
                    CommitParameters.AddWaiters(parameters, sorted);
                if (attach)
                    CommitParameters.AddAttachments(parameters, sorted);
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        await CatchUpAsync(PostgreSqlStatements.CatchUpWithDue, dueBefore, cancellationToken).ConfigureAwait(false);
        return await database.ExecuteAsync(
            PostgreSqlStatements.FindOverdue,
            parameters => parameters.Bind(dueBefore).Bind(limit),
            ListReader.ReadLocksAsync,
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken)
    {
        await CatchUpAsync(PostgreSqlStatements.CatchUpWithIdle, idleSince, cancellationToken).ConfigureAwait(false);
        return await ChangeAsync(PostgreSqlStatements.PurgeIdle, idleSince, limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlySet<Guid>> CommitOneAsync(LockWrite write, CancellationToken cancellationToken)
    {
        // A commit that is refused may have been so for the time alone. The other statement tells, and brings the time along.
        if (clock.Expect() is { } expected && await IsCommittedAsync(write, expected, cancellationToken).ConfigureAwait(false))
            return ImmutableHashSet<Guid>.Empty;

        var sentAt = 0L;
        return await database.ExecuteAsync(
            PostgreSqlStatements.CommitOne,
            parameters =>
            {
                CommitParameters.AddLock(parameters, write);
                sentAt = clock.Elapsed;
            },
            async (reader, cancel) =>
            {
                if (!await reader.ReadAsync(cancel).ConfigureAwait(false))
                    return ImmutableHashSet.Create(write.Id);

                clock.Observe(sentAt, reader.Time(0));
                return ImmutableHashSet<Guid>.Empty;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsCommittedAsync(LockWrite write, TimeBounds expected, CancellationToken cancellationToken) =>
        await database.ChangeAsync(
            PostgreSqlStatements.CommitOneByTime,
            parameters =>
            {
                CommitParameters.AddLock(parameters, write);
                parameters.Bind(expected.From).Bind(expected.Until);
            },
            cancellationToken).ConfigureAwait(false) == 1;

    private async Task CatchUpAsync(string statement, DateTimeOffset until, CancellationToken cancellationToken)
    {
        while (await ChangeAsync(statement, until, CatchUpAtATime, cancellationToken).ConfigureAwait(false) == CatchUpAtATime)
        {
        }
    }

    private Task<int> ChangeAsync(string statement, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        database.ChangeAsync(statement, parameters => parameters.Bind(until).Bind(limit), cancellationToken);
}
