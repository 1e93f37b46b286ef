using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Deadlocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Inspect;

/// <summary>Answers queries from the store, by the store's time. It decides nothing and writes nothing.</summary>
internal sealed class LockInspector(ILockStore store, CoordinatorClock clock, StatisticsCounter statistics, WaitGraphReader waits)
{
    public string StoreName => store.Reader.StoreName;

    public async Task<LockDescription> DescribeAsync(DescribeLock query, CancellationToken cancellationToken)
    {
        await clock.EnsureKnownAsync(cancellationToken).ConfigureAwait(false);
        var found = await store.Reader.FindAsync(query.Key, LockLimits.MaxDescribedWaiters, cancellationToken).ConfigureAwait(false);
        return new Describer(clock.Now).Describe(query.Key, found);
    }

    public async Task<LockPage> ListAsync(ListLocks query, CancellationToken cancellationToken)
    {
        await clock.EnsureKnownAsync(cancellationToken).ConfigureAwait(false);
        var now = clock.Now;
        var page = await store.Reader.ListAsync(
            new LockFilter(
                query.Prefix,
                query.Owner,
                query.State is { } state ? Enum.Parse<LockStage>(state) : null,
                now - query.WaitingLongerThan,
                query.After,
                query.Limit,
                now),
            cancellationToken).ConfigureAwait(false);
        return new LockPage([.. page.Items.Select(new Describer(now).Summarize)], now, page.Next);
    }

    public async Task<LeasePage> ListAsync(ListLeases query, CancellationToken cancellationToken)
    {
        await clock.EnsureKnownAsync(cancellationToken).ConfigureAwait(false);
        var page = await store.Reader.ListLeasesAsync(query.After, query.Limit, cancellationToken).ConfigureAwait(false);
        var describer = new Describer(clock.Now);
        return new LeasePage(
            [.. page.Items.Where(found => found.State.Grant!.ExpiresAt > describer.Now).Select(describer.Describe)],
            describer.Now,
            page.Next is { } next ? Guid.Parse(next) : null);
    }

    public async Task<LockStatistics> CountAsync(CancellationToken cancellationToken)
    {
        await clock.EnsureKnownAsync(cancellationToken).ConfigureAwait(false);
        return await statistics.CountAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<WaitForGraph> DescribeWaitsAsync(CancellationToken cancellationToken)
    {
        await clock.EnsureKnownAsync(cancellationToken).ConfigureAwait(false);
        return (await waits.ReadAsync(cancellationToken).ConfigureAwait(false)).Describe();
    }
}
