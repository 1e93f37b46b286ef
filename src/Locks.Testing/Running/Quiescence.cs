using Locks.Client;
using Locks.Client.Core;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.Testing.Faults;
using Locks.Testing.History;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Testing.Running;

/// <summary>
/// Knows when all work has come to an end: the coordinator has served every message to it and has nothing overdue, and the clients have
/// processed its replies.
/// </summary>
/// <remarks>
/// The second half is not observable in whole: a reply is processed on the thread pool. So the pool must have nothing to do. Where the pool
/// never rests, because other tests keep it busy, no event about locks may have occurred for a while, no client may wait for the report that
/// its batch is decided, and no caller may be on its way from an answer to its next wait or its end: the system may keep its thread waiting
/// for long. A pool that rests needs no such proof: no thread is left that could still send the report.
/// </remarks>
internal sealed class Quiescence(
    InFlightTracker inFlight, FaultPlan faults, LockHistory history, ILockStore store, CoordinatorClock clock, LockTestHarnessOptions options,
    IServiceProvider services)
{
    private const int QuickLooks = 50;
    // On a machine that is busy beyond measure a look takes long, and so does what others have to do: they get their turns in between.
    private const int QuietLooks = 50;

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    // System timers, and so the coordinator's, are set to whole milliseconds.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);

    // The application may have put a client of its own in the place of ours.
    private readonly Lazy<LockClient?> _client = new(() => services.GetService<ILockClient>() as LockClient);

    private int GoingOn => _client.Value?.RequestDispatcher.GoingOn ?? 0;

    private long Activity => inFlight.Events + history.Entries + options.Time.Changes;

    /// <summary>Waits until everything rests.</summary>
    /// <exception cref="LockAssertionException">It does not come to rest.</exception>
    public async Task ComesAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var (activity, quietSince, quietLooks) = (Activity, start, 0);
        for (var looks = 0; ; looks++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isQuiet = quietLooks >= QuietLooks && TimeProvider.System.GetElapsedTime(quietSince) >= Quiet && inFlight.Undecided == 0
                && GoingOn == 0;
            if ((isQuiet || PoolRests()) && await IsQuiescentAsync(cancellationToken).ConfigureAwait(false) && Activity == activity)
                return;

            if (Activity is var now && now != activity)
                (activity, quietSince, quietLooks) = (now, TimeProvider.System.GetTimestamp(), 0);
            else if (looks >= QuickLooks)
                quietLooks++;

            if (TimeProvider.System.GetElapsedTime(start) > options.WorkTimeout)
                throw new LockAssertionException(await WhyNotAsync(cancellationToken).ConfigureAwait(false));
            if (looks < QuickLooks)
                await Task.Yield();
            else
                await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether the thread pool has nothing to do except for the caller. An item that is taken off the queue between two of these looks shows
    /// as a thread that is at work, or as an item that was completed.
    /// </summary>
    private static bool PoolRests()
    {
        var completed = ThreadPool.CompletedWorkItemCount;
        return ThreadPool.PendingWorkItemCount == 0
            && ThreadsAtWork() <= (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0)
            && ThreadPool.PendingWorkItemCount == 0
            && ThreadPool.CompletedWorkItemCount == completed;
    }

    private static int ThreadsAtWork()
    {
        ThreadPool.GetMaxThreads(out var all, out _);
        ThreadPool.GetAvailableThreads(out var idle, out _);
        return all - idle;
    }

    private async Task<bool> IsQuiescentAsync(CancellationToken cancellationToken) =>
        inFlight.OnTheirWay <= faults.Held && await OverdueAsync(cancellationToken).ConfigureAwait(false) is null;

    private async Task<string?> OverdueAsync(CancellationToken cancellationToken)
    {
        var dueBefore = clock.Now - Grain;
        var locks = await store.FindOverdueAsync(dueBefore, 1, cancellationToken).ConfigureAwait(false);
        if (locks.Count > 0)
            return $"the lock '{locks[0].Key}' has been overdue since {locks[0].DueAt:HH:mm:ss.fff}";
        var leases = await store.Leases.FindOverdueAsync(dueBefore, 1, cancellationToken).ConfigureAwait(false);
        return leases.Count > 0 ? $"the shared lease {leases[0].Id} has been overdue since {leases[0].DueAt:HH:mm:ss.fff}" : null;
    }

    private async Task<string> WhyNotAsync(CancellationToken cancellationToken) =>
        $"The locks have not come to rest within {options.WorkTimeout:c} of real time: "
        + (await OverdueAsync(cancellationToken).ConfigureAwait(false)
            ?? (inFlight.OnTheirWay > faults.Held
                ? $"{inFlight.OnTheirWay - faults.Held} message(s) to the coordinator are not served yet. Was the test harness started (provider.StartTestHarness())?"
                : inFlight.Undecided > 0
                ? $"{inFlight.Undecided} batch(es) of commands are not known to be decided by the clients that sent them."
                : GoingOn > 0
                ? $"{GoingOn} caller(s) were answered and have not gone on: is a thread blocked?"
                : "messages are still sent or timers set."));
}
