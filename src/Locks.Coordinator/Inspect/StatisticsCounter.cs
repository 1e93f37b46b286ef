using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Inspect;

/// <summary>
/// Counts all locks. That is the one query whose cost grows with the number of locks, so it is bounded in another way: those who ask at the
/// same time share a count, a count is kept for a while, and for longer the longer it took, so that counting takes a twentieth of the time.
/// </summary>
internal sealed class StatisticsCounter(ILockStore store, CoordinatorClock clock, TimeProvider time)
{
    private const int Top = 10;
    private const int MaxRows = 1_000_000;
    private const int ShareOfTime = 20;
    private static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<LockStatistics>? _count;
    private long _countedAt;
    private TimeSpan _took;

    /// <summary>The numbers, as of now or of a moment ago.</summary>
    public Task<LockStatistics> CountAsync(CancellationToken cancellationToken)
    {
        Task<LockStatistics> count;
        lock (_gate)
        {
            if (_count is null or { IsFaulted: true } or { IsCanceled: true } || IsOld_NeedsGate())
                _count = Task.Run(CountOnceAsync, CancellationToken.None);
            count = _count;
        }

        return count.WaitAsync(cancellationToken);
    }

    private bool IsOld_NeedsGate()
    {
        var keep = _took * ShareOfTime;
        return _count!.IsCompleted && time.GetElapsedTime(_countedAt) >= (keep > LeastAge ? keep : LeastAge);
    }

    private async Task<LockStatistics> CountOnceAsync()
    {
        var begun = time.GetTimestamp();
        var now = clock.Now;
        var counts = await store.Reader.CountAsync(Top, MaxRows, now, CancellationToken.None).ConfigureAwait(false);
        lock (_gate)
            (_countedAt, _took) = (time.GetTimestamp(), time.GetElapsedTime(begun));

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
            counts.IsTruncated);
    }
}
