using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Storage;

/// <summary>Reads the locks of an <see cref="InMemoryLockStore"/>, under the same gate for no longer than a page takes.</summary>
internal sealed class InMemoryLockReader(Lock gate, Func<Guid, StoredLock?> find, InMemoryKeys keys, InMemoryLeases leases) : ILockReader
{
    public string StoreName => "Memory";

    public Task<InspectedLock?> FindAsync(string key, int waiters, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (find(LockKey.ToId(key)) is not { } stored)
                return Task.FromResult<InspectedLock?>(null);

            var queue = stored.State.Waiters.InOrder.Take(waiters).ToList();
            return Task.FromResult<InspectedLock?>(Inspected(stored) with { Queue = queue, Ended = stored.State.Ended });
        }
    }

    public Task<InspectedPage<InspectedLock>> ListAsync(LockFilter filter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
            return Task.FromResult(filter.WaitingSince is null ? Page(filter) : ContendedPage(filter));
    }

    public Task<InspectedPage<InspectedLease>> ListLeasesAsync(Guid? after, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var place = LeasePlace.Of(after);
            var page = leases.Living.Where(lease => lease.Grant!.GrantedAt >= place.GrantedAt)
                .OrderBy(lease => lease.Grant!.GrantedAt).ThenBy(lease => lease.Id).Skip(place.Passed).Take(limit + 1).ToList();
            return Task.FromResult(new InspectedPage<InspectedLease>(
                [.. page.Take(limit).Select(lease => new InspectedLease(lease, leases.CountLocks(lease.Id)))],
                page.Count > limit ? place.Behind([.. page.Take(limit).Select(lease => lease.Grant!.GrantedAt)]).ToString() : null));
        }
    }

    public Task<InspectedCounts> CountAsync(InspectedTop top, int maxRows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var stages = keys.All.Take(maxRows).CountBy(entry => StageOf(entry.Stored!, now)).ToDictionary();
            var contended = keys.Contended.Select(entry => Inspected(entry)).ToList();
            return Task.FromResult(new InspectedCounts(
                stages,
                contended.Sum(found => found.Waiters),
                contended.Count,
                contended.Min(found => found.WaitingSince),
                [.. contended.OrderByDescending(found => found.Waiters).ThenBy(found => found.WaitingSince).Take(top.Contended)],
                [.. contended.OrderBy(found => found.WaitingSince).Take(top.Waits)],
                Oldest(maxRows, top.Holders, now),
                leases.Living.Count(lease => lease.Grant!.ExpiresAt > now),
                keys.All.Count > maxRows));
        }
    }

    public Task<IReadOnlyList<InspectedWait>> ListWaitsAsync(
        DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<InspectedWait>>(
                [.. keys.Contended.SelectMany(entry => Waits(entry.Stored!.State, since, now)).OrderBy(wait => wait.QueuedAt).Take(limit)]);
        }
    }

    private IEnumerable<InspectedWait> Waits(LockState state, DateTimeOffset since, DateTimeOffset now)
    {
        var holder = leases.AsItIs(state.Holder);
        return holder?.StageAt(now) is LockStage.Held or LockStage.Offered && holder.GrantedAt <= since
            ? state.Waiters.InOrder.Where(waiter => waiter.QueuedAt <= since).Select(waiter => new InspectedWait(
                state.Key,
                waiter.AcquireId,
                InspectedWait.ContenderOf(waiter.Owner, waiter.ClientId, waiter.Lease?.Id),
                waiter.QueuedAt,
                holder.AcquireId,
                InspectedWait.ContenderOf(holder.Owner, holder.ClientId, holder.Lease?.Id),
                holder.FencingToken,
                holder.GrantedAt))
            : [];
    }

    // One pass that keeps the oldest of those seen: commits wait for the gate meanwhile.
    private List<InspectedLock> Oldest(int maxRows, int limit, DateTimeOffset now)
    {
        // The youngest of those kept comes out first.
        var kept = new PriorityQueue<StoredLock, long>();
        foreach (var entry in keys.All.Take(maxRows))
        {
            if (entry.Stored!.State.Holder is not { } holder || StageOf(entry.Stored, now) != LockStage.Held)
                continue;

            if (kept.Count < limit)
                kept.Enqueue(entry.Stored, -holder.GrantedAt.UtcTicks);
            else
                kept.EnqueueDequeue(entry.Stored, -holder.GrantedAt.UtcTicks);
        }

        List<InspectedLock> oldest = new(kept.Count);
        while (kept.TryDequeue(out var stored, out _))
            oldest.Add(Inspected(stored));
        oldest.Reverse();
        return oldest;
    }

    private InspectedPage<InspectedLock> Page(LockFilter filter)
    {
        List<InspectedLock> found = [];
        var examined = 0;
        string? last = null;
        foreach (var entry in InOrder(filter))
        {
            if (examined++ == filter.MaxExamined || found.Count == filter.Limit)
                return new InspectedPage<InspectedLock>(found, last);

            last = entry.Key;
            if (Inspected(entry) is var one && filter.Includes(one))
                found.Add(one);
        }

        return new InspectedPage<InspectedLock>(found, null);
    }

    private IEnumerable<InMemoryKeys.Entry> InOrder(LockFilter filter)
    {
        var prefix = filter.Prefix ?? "";
        var isBehind = filter.After is { } after && KeyOrder.Instance.Compare(after, prefix) >= 0;
        return keys.From(isBehind ? filter.After! : prefix)
            .SkipWhile(entry => isBehind && entry.Key == filter.After)
            .TakeWhile(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal));
    }

    private InspectedPage<InspectedLock> ContendedPage(LockFilter filter)
    {
        var found = keys.Contended
            .Where(entry => entry.Key.StartsWith(filter.Prefix ?? "", StringComparison.Ordinal)
                && (filter.After is null || KeyOrder.Instance.Compare(entry.Key, filter.After) > 0))
            .OrderBy(entry => entry.Key, KeyOrder.Instance)
            .Select(Inspected)
            .Where(filter.Includes)
            .Take(filter.Limit + 1)
            .ToList();
        return found.Count > filter.Limit
            ? new InspectedPage<InspectedLock>(found[..filter.Limit], found[filter.Limit - 1].Key)
            : new InspectedPage<InspectedLock>(found, null);
    }

    private LockStage StageOf(StoredLock stored, DateTimeOffset now) =>
        leases.AsItIs(stored.State.Holder)?.StageAt(now) ?? LockStage.Free;

    private InspectedLock Inspected(InMemoryKeys.Entry entry) => Inspected(entry.Stored!);

    // Without the queue and the memory of a lock, which few ask for.
    private InspectedLock Inspected(StoredLock stored)
    {
        var state = stored.State;
        return new InspectedLock(
            state.Key, state.LastFence, leases.AsItIs(state.Holder), state.Waiters.Count, state.Waiters.Head?.QueuedAt, [], EndedAttempts.None);
    }
}
