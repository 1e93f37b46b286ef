using Locks.Coordinator.Storage;
using Locks.Testing.History;
using Locks.Testing.Scripting;

namespace Locks.Testing.Running;

/// <summary>
/// Knows when everything that was set off has taken its course: the coordinator has served what was sent to it and has nothing overdue, and
/// those who got its answers have dealt with them.
/// </summary>
/// <remarks>
/// The second half shows nowhere: an answer is dealt with on the thread pool. So the pool must have nothing to do; and where it never rests,
/// because other tests keep it busy, nothing that has to do with locks may have happened for a while.
/// </remarks>
internal sealed class Rest(Traffic traffic, Script script, Journal journal, ILockStore store, LockTestHarnessOptions options)
{
    private const int QuickLooks = 50;

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    // System timers, and so the coordinator's, are set to whole milliseconds.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);

    private long Signs => traffic.Events + journal.Entries + options.Time.Changes;

    /// <summary>Waits until everything rests.</summary>
    /// <exception cref="LockAssertionException">It does not come to rest.</exception>
    public async Task ComesAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var (signs, quietSince) = (-1L, start);
        for (var looks = 0; ; looks++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Signs is var now && now != signs)
                (signs, quietSince) = (now, TimeProvider.System.GetTimestamp());
            else if ((PoolRests() || TimeProvider.System.GetElapsedTime(quietSince) >= Quiet) && await IsSettledAsync(cancellationToken).ConfigureAwait(false) && Signs == signs)
                return;

            if (TimeProvider.System.GetElapsedTime(start) > options.Patience)
                throw new LockAssertionException(await WhyNotAsync(cancellationToken).ConfigureAwait(false));
            if (looks < QuickLooks)
                await Task.Yield();
            else
                await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool PoolRests()
    {
        ThreadPool.GetMaxThreads(out var all, out _);
        ThreadPool.GetAvailableThreads(out var idle, out _);
        var self = Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
        return ThreadPool.PendingWorkItemCount == 0 && all - idle <= self;
    }

    private async Task<bool> IsSettledAsync(CancellationToken cancellationToken) =>
        traffic.OnTheirWay <= script.Held && await OverdueAsync(cancellationToken).ConfigureAwait(false) is null;

    private async Task<string?> OverdueAsync(CancellationToken cancellationToken)
    {
        var dueBefore = options.Time.GetUtcNow() - Grain;
        var locks = await store.FindOverdueAsync(dueBefore, 1, cancellationToken).ConfigureAwait(false);
        if (locks.Count > 0)
            return $"the lock '{locks[0].Key}' has been overdue since {locks[0].DueAt:HH:mm:ss.fff}";
        var leases = await store.Leases.FindOverdueAsync(dueBefore, 1, cancellationToken).ConfigureAwait(false);
        return leases.Count > 0 ? $"the shared lease {leases[0].Id} has been overdue since {leases[0].DueAt:HH:mm:ss.fff}" : null;
    }

    private async Task<string> WhyNotAsync(CancellationToken cancellationToken) =>
        $"The locks have not come to rest within {options.Patience:c} of real time: "
        + (await OverdueAsync(cancellationToken).ConfigureAwait(false)
            ?? (traffic.OnTheirWay > script.Held
                ? $"{traffic.OnTheirWay - script.Held} message(s) to the coordinator are not served yet. Was the test harness started (provider.StartTestHarness())?"
                : "somebody goes on sending messages or setting timers."));
}
