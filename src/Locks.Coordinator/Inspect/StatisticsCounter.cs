using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Inspect;

/// <summary>Counts all locks. What it finds is shared, because it is the one query whose cost grows with the number of locks.</summary>
internal sealed class StatisticsCounter
{
    private const int MaxRows = 1_000_000;
    private static readonly InspectedTop Top = new(Contended: 50, Waits: 20, Holders: 20);

    private readonly ILockStore _store;
    private readonly CoordinatorClock _clock;
    private readonly SharedAnswer<LockStatistics> _shared;

    public StatisticsCounter(ILockStore store, CoordinatorClock clock, TimeProvider time)
    {
        (_store, _clock) = (store, clock);
        _shared = new SharedAnswer<LockStatistics>(CountOnceAsync, time);
    }

    /// <summary>The numbers, as of now or of a moment ago.</summary>
    public Task<LockStatistics> CountAsync(CancellationToken cancellationToken) => _shared.GetAsync(cancellationToken);

    private async Task<LockStatistics> CountOnceAsync()
    {
        var now = _clock.Now;
        var counts = await _store.Reader.CountAsync(Top, MaxRows, now, CancellationToken.None).ConfigureAwait(false);
        var describer = new Describer(now);
        return new LockStatistics(
            now,
            counts.Stages.GetValueOrDefault(LockStage.Held),
            counts.Stages.GetValueOrDefault(LockStage.Offered),
            counts.Stages.GetValueOrDefault(LockStage.Cooling),
            counts.Stages.GetValueOrDefault(LockStage.Free),
            counts.Waiters,
            counts.Contended,
            counts.WaitingSince is { } since ? describer.Since(since) : null,
            [.. counts.MostContended.Select(describer.Summarize)],
            [.. counts.LongestWaits.Select(describer.Summarize)],
            counts.Leases,
            counts.IsTruncated,
            [.. counts.OldestHolders.Select(describer.Summarize)]);
    }
}
