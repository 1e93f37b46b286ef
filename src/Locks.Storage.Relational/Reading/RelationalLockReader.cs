using System.Diagnostics.CodeAnalysis;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;

namespace Locks.Storage.Relational;

/// <summary>
/// Reads locks for people to look at, from EF Core's model. What belongs together comes by one statement, and so of one snapshot; SQL
/// Server has one only with READ_COMMITTED_SNAPSHOT, and may else show a queue a moment later than its lock.
/// </summary>
internal abstract class RelationalLockReader : ILockReader
{
    public abstract string StoreName { get; }

    public Task<InspectedLock?> FindAsync(string key, int waiters, CancellationToken cancellationToken) =>
        ReadAsync(context => FindAsync(context, LockKey.ToId(key), waiters, cancellationToken), cancellationToken);

    public Task<InspectedPage<InspectedLock>> ListAsync(LockFilter filter, CancellationToken cancellationToken) => ReadAsync(
        context => filter.WaitingSince is null
            ? PageAsync(context, filter, cancellationToken)
            : ContendedPageAsync(context, filter, cancellationToken),
        cancellationToken);

    public Task<InspectedPage<InspectedLease>> ListLeasesAsync(Guid? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(context => LeasesAsync(context, LeasePlace.Of(after), limit, cancellationToken), cancellationToken);

    public Task<InspectedCounts> CountAsync(InspectedTop top, int maxRows, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReadAsync(context => CountAsync(context, top, maxRows, now, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<InspectedWait>> ListWaitsAsync(
        DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReadAsync(context => WaitsAsync(context, since, limit, now, cancellationToken), cancellationToken);

    /// <summary>Does what has to be done before a context can be used.</summary>
    protected virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A context to read with.</summary>
    protected abstract LocksDbContext CreateContext();

    /// <summary>Whether a failure is one of the infrastructure's that may pass, and the exception that says so.</summary>
    protected abstract bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable);

    private async Task<T> ReadAsync<T>(Func<LocksDbContext, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(cancellationToken).ConfigureAwait(false);
            var context = CreateContext();
            await using var _ = context.ConfigureAwait(false);
            return await read(context).ConfigureAwait(false);
        }
        catch (Exception failure) when (MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }

    private static async Task<InspectedLock?> FindAsync(LocksDbContext context, Guid id, int limit, CancellationToken cancellationToken)
    {
        var queue = context.Waiters.Where(waiter => waiter.LockId == id).OrderBy(waiter => waiter.Ticket).Take(limit);
        var rows = await (
            from found in Found(context, context.Locks.Where(row => row.Id == id))
            join one in queue on found.Lock.Id equals one.LockId into waiters
            from waiter in waiters.DefaultIfEmpty()
            orderby waiter.Ticket
            select new { Found = found, Ended = EF.Property<byte[]?>(found.Lock, LockColumns.Ended.PropertyName), Waiter = waiter })
            .ToListAsync(cancellationToken).ConfigureAwait(false);

        return rows.Count == 0
            ? null
            : rows[0].Found.ToLock() with
            {
                Queue = [.. rows.Select(row => row.Waiter).OfType<LockWaiterRow>().Select(ToWaiter)],
                Ended = EndedAttemptsFormat.Read(rows[0].Ended),
            };
    }

    private static async Task<InspectedPage<InspectedLock>> PageAsync(
        LocksDbContext context, LockFilter filter, CancellationToken cancellationToken)
    {
        var window = Behind(context, filter).Take(filter.MaxExamined);
        var rows = await Matching(context, window, filter).Take(filter.Limit + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (rows.Count > filter.Limit)
            return ToPage(rows, filter, rows[filter.Limit - 1].Lock.Key);

        var last = await window.Skip(filter.MaxExamined - 1).Select(row => row.Key)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return ToPage(rows, filter, last);
    }

    // Those that wait are few beside the locks, so this begins with them.
    private static async Task<InspectedPage<InspectedLock>> ContendedPageAsync(
        LocksDbContext context, LockFilter filter, CancellationToken cancellationToken)
    {
        var since = filter.WaitingSince!.Value;
        var waiting = context.Waiters.Where(waiter => waiter.QueuedAt <= since).Select(waiter => waiter.LockId);
        var rows = await Matching(context, Behind(context, filter).Where(row => waiting.Contains(row.Id)), filter)
            .Take(filter.Limit + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
        return ToPage(rows, filter, rows.Count > filter.Limit ? rows[filter.Limit - 1].Lock.Key : null);
    }

    /// <summary>
    /// The locks behind a key. Those with a prefix come one after another from the prefix on, so the page ends at the first key without it;
    /// no pattern has to be escaped.
    /// </summary>
    private static IQueryable<LockRow> Behind(LocksDbContext context, LockFilter filter)
    {
        IQueryable<LockRow> locks = context.Locks;
        if (filter.After is { } after)
            locks = locks.Where(row => string.Compare(row.Key, after) > 0);
        if (filter.Prefix is { Length: > 0 } prefix)
            locks = locks.Where(row => string.Compare(row.Key, prefix) >= 0);
        return locks.OrderBy(row => row.Key);
    }

    // What only the lease tells is found out afterwards: a page may then hold fewer locks.
    private static IQueryable<FoundLock> Matching(LocksDbContext context, IQueryable<LockRow> locks, LockFilter filter)
    {
        if (filter.Owner is { } owner)
            locks = locks.Where(row => row.HolderOwner == owner);
        var now = filter.Now;
        locks = filter.Stage?.Name() switch
        {
            null => locks.Where(row => row.State != LockRow.Free),
            LockRow.Free => locks.Where(row => row.State == LockRow.Free || row.HolderExpiresAt <= now || row.HolderLeaseId != null),
            var state => locks.Where(row => row.State == state),
        };
        return Found(context, locks).OrderBy(found => found.Lock.Key);
    }

    private static InspectedPage<InspectedLock> ToPage(List<FoundLock> rows, LockFilter filter, string? next)
    {
        var prefix = filter.Prefix ?? "";
        var found = rows.Take(filter.Limit).TakeWhile(row => row.Lock.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(row => row.ToLock()).Where(filter.Includes).ToList();
        return new InspectedPage<InspectedLock>(found, next?.StartsWith(prefix, StringComparison.Ordinal) is true ? next : null);
    }

    private static async Task<InspectedPage<InspectedLease>> LeasesAsync(
        LocksDbContext context, LeasePlace after, int limit, CancellationToken cancellationToken)
    {
        // No index has this order: each page reads all leases, of which there are few beside the locks.
        var rows = await context.Leases
            .Where(lease => lease.State == LeaseRow.Active && lease.GrantedAt >= after.GrantedAt)
            .OrderBy(lease => lease.GrantedAt).ThenBy(lease => lease.Id)
            .Skip(after.Passed)
            .Take(limit + 1)
            .Select(lease => new { Lease = lease, Locks = context.Locks.Count(row => row.HolderLeaseId == lease.Id) })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return new InspectedPage<InspectedLease>(
            [.. rows.Take(limit).Select(row => new InspectedLease(ToState(row.Lease), row.Locks))],
            rows.Count > limit ? after.Behind([.. rows.Take(limit).Select(row => row.Lease.GrantedAt!.Value)]).ToString() : null);
    }

    private static async Task<InspectedCounts> CountAsync(
        LocksDbContext context, InspectedTop top, int maxRows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var living = Living(context, now);
        var stages = await context.Locks.Take(maxRows + 1)
            .GroupBy(row => new
            {
                row.State,
                IsOver = row.HolderLeaseId == null
                    ? row.HolderExpiresAt <= now
                    : !living.Any(lease => lease.Id == row.HolderLeaseId),
            })
            .Select(group => new { group.Key.State, group.Key.IsOver, Count = group.Count() })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var waiters = await context.Waiters.GroupBy(_ => 1)
            .Select(all => new { Count = all.Count(), Since = (DateTimeOffset?)all.Min(waiter => waiter.QueuedAt) })
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        var contended = await context.Waiters.Select(waiter => waiter.LockId).Distinct()
            .CountAsync(cancellationToken).ConfigureAwait(false);
        var leases = await living.CountAsync(cancellationToken).ConfigureAwait(false);
        var counted = stages.Sum(row => row.Count);
        return new InspectedCounts(
            stages.GroupBy(row => row.IsOver ? LockStage.Free : Enum.Parse<LockStage>(row.State))
                .ToDictionary(group => group.Key, group => group.Sum(row => row.Count)),
            waiters?.Count ?? 0,
            contended,
            waiters?.Since,
            await TopAsync(queues => queues.OrderByDescending(queue => queue.Count).ThenBy(queue => queue.Since), top.Contended)
                .ConfigureAwait(false),
            await TopAsync(queues => queues.OrderBy(queue => queue.Since), top.Waits).ConfigureAwait(false),
            await OldestAsync(context, top.Holders, maxRows, now, cancellationToken).ConfigureAwait(false),
            leases,
            counted > maxRows);

        async Task<IReadOnlyList<InspectedLock>> TopAsync(Func<IQueryable<QueueSize>, IQueryable<QueueSize>> order, int limit)
        {
            var ids = await order(context.Waiters.GroupBy(waiter => waiter.LockId)
                    .Select(queue => new QueueSize
                    {
                        LockId = queue.Key,
                        Count = queue.Count(),
                        Since = queue.Min(waiter => waiter.QueuedAt),
                    }))
                .Take(limit).Select(queue => queue.LockId).ToListAsync(cancellationToken).ConfigureAwait(false);
            var found = await Found(context, context.Locks.Where(row => ids.Contains(row.Id)))
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return [.. found.OrderBy(row => ids.IndexOf(row.Lock.Id)).Select(row => row.ToLock())];
        }
    }

    private static async Task<IReadOnlyList<InspectedWait>> WaitsAsync(
        LocksDbContext context, DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var living = Living(context, now);
        var rows = await (
            from waiter in context.Waiters.Where(waiter => waiter.QueuedAt <= since)
            join row in context.Locks on waiter.LockId equals row.Id
            where (row.State == LockRow.Held || row.State == LockRow.Offered) && row.HolderGrantedAt <= since
                && (row.HolderLeaseId == null
                    ? row.HolderExpiresAt > now
                    : living.Any(lease => lease.Id == row.HolderLeaseId))
            orderby waiter.QueuedAt
            select new
            {
                row.Key,
                waiter.AcquireId,
                waiter.Owner,
                waiter.ClientId,
                waiter.LeaseId,
                waiter.QueuedAt,
                row.HolderAcquireId,
                row.HolderOwner,
                row.HolderClientId,
                row.HolderLeaseId,
                row.LastFence,
                row.HolderGrantedAt,
                Cohort = EF.Property<byte[]?>(row, LockColumns.HolderCohort.PropertyName),
            })
            .Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);

        return [.. rows.Select(row => new InspectedWait(
            row.Key,
            row.AcquireId,
            InspectedWait.ContenderOf(row.Owner, row.ClientId, row.LeaseId),
            row.QueuedAt,
            row.HolderAcquireId!.Value,
            InspectedWait.ContenderOf(row.HolderOwner!, row.HolderClientId, row.HolderLeaseId),
            CohortFormat.FirstFence(row.Cohort, row.LastFence),
            row.HolderGrantedAt!.Value))];
    }

    private static async Task<IReadOnlyList<InspectedLock>> OldestAsync(
        LocksDbContext context, int limit, int maxRows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var held = context.Locks.Take(maxRows)
            .Where(row => row.State == LockRow.Held
                && (row.HolderLeaseId == null
                    ? row.HolderExpiresAt > now
                    : context.Leases.Any(
                        lease => lease.Id == row.HolderLeaseId && lease.State == LeaseRow.Active && lease.ExpiresAt > now)))
            .OrderBy(row => row.HolderGrantedAt)
            .Take(limit);
        var found = await Found(context, held).ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. found.OrderBy(row => row.Lock.HolderGrantedAt).Select(row => row.ToLock())];
    }

    private static IQueryable<LeaseRow> Living(LocksDbContext context, DateTimeOffset now) =>
        context.Leases.Where(lease => lease.State == LeaseRow.Active && lease.ExpiresAt > now);

    private static IQueryable<FoundLock> Found(LocksDbContext context, IQueryable<LockRow> locks) =>
        from row in locks
        join one in context.Leases on row.HolderLeaseId equals (Guid?)one.Id into leases
        from lease in leases.DefaultIfEmpty()
        select new FoundLock
        {
            Lock = row,
            Lease = lease,
            Cohort = EF.Property<byte[]?>(row, LockColumns.HolderCohort.PropertyName),
            Waiters = context.Waiters.Count(waiter => waiter.LockId == row.Id),
            WaitingSince = context.Waiters.Where(waiter => waiter.LockId == row.Id).OrderBy(waiter => waiter.Ticket)
                .Select(waiter => (DateTimeOffset?)waiter.QueuedAt).FirstOrDefault(),
        };

    private static Waiter ToWaiter(LockWaiterRow row) => new(
        row.Ticket,
        row.AcquireId,
        row.Owner,
        Token: default,
        row.Ttl,
        row.QueuedAt,
        row.Deadline,
        row.ClientId,
        new ReplyTo(new Uri(row.ReplyAddress), row.ReplyRequestId),
        row.LeaseId is { } lease ? LeaseSnapshot.NotFound(lease) : null);

    private static LeaseState ToState(LeaseRow row) => new(
        row.Id,
        LeaseStage.Active,
        new LeaseGrant(row.Owner!, row.ClientId, row.Ttl!.Value, row.GrantedAt!.Value, row.ExpiresAt!.Value, NotifyAt: null),
        End: null);

    private sealed class QueueSize
    {
        public Guid LockId { get; init; }

        public int Count { get; init; }

        public DateTimeOffset Since { get; init; }
    }

    private sealed class FoundLock
    {
        public required LockRow Lock { get; init; }

        public LeaseRow? Lease { get; init; }

        public byte[]? Cohort { get; init; }

        public int Waiters { get; init; }

        public DateTimeOffset? WaitingSince { get; init; }

        public InspectedLock ToLock() =>
            new(Lock.Key, Lock.LastFence, ToHolder(), Waiters, WaitingSince, [], EndedAttempts.None);

        private Holder? ToHolder()
        {
            if (Lock.State == LockRow.Free)
                return null;

            var cohort = CohortFormat.Read(Cohort, Lock.LastFence);
            var holder = new Holder(
                Lock.HolderAcquireId!.Value,
                Lock.HolderOwner!,
                Token: default,
                Lock.LastFence - (cohort?.Items.Length ?? 0),
                Lock.HolderTtl!.Value,
                Lock.HolderGrantedAt!.Value,
                Lock.HolderExpiresAt!.Value,
                Enum.Parse<LockStage>(Lock.State),
                Lock.HolderClientId,
                ReleasedAt: Lock.HolderReleasedAt,
                Cohort: cohort);
            return Lock.HolderLeaseId is { } lease ? holder.OnLease(Snapshot(lease)) : holder;
        }

        private LeaseSnapshot Snapshot(Guid id) => Lease?.ExpiresAt is { } expiresAt
            ? new LeaseSnapshot(id, expiresAt, HasEnded: Lease.State != LeaseRow.Active)
            : LeaseSnapshot.NotFound(id);
    }
}
