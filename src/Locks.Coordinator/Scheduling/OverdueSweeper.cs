using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Storage;
using Locks.Transport;
using Locks.Transport.Isolation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Scheduling;

/// <summary>
/// Looks for locks on which something is overdue, at the start and then periodically, and wakes them: the timers of a coordinator that
/// died are gone, but the due time is stored. Also deletes locks that have been free for long. Several sweepers do no harm.
/// </summary>
internal sealed class OverdueSweeper(
    ILockStore store,
    StoreReadiness gate,
    ExpiryDispatcher dispatcher,
    IsolatedSender sender,
    CoordinatorClock clock,
    TimeProvider time,
    IOptions<LockCoordinatorOptions> options,
    ILogger<OverdueSweeper> logger) : BackgroundService
{
    private const int BatchSize = 1_000;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => DetachedContext.Run(() => SweepAllAsync(stoppingToken));

    private async Task SweepAllAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var ticks = new PeriodicTimer(options.Value.SweepInterval, time);
        try
        {
            await gate.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            do
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await ticks.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var unusedSince = clock.Now - options.Value.IdleRetention;
        await TryAsync(() => WakeOverdueLeasesAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        await TryAsync(() => WakeOverdueAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        await TryAsync(() => store.PurgeIdleAsync(unusedSince, BatchSize, cancellationToken), cancellationToken).ConfigureAwait(false);
        await TryAsync(() => store.Leases.PurgeEndedAsync(unusedSince, BatchSize, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task TryAsync(Func<Task> sweep, CancellationToken cancellationToken)
    {
        try
        {
            await sweep().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The sweeper outlives a database or a broker that is away; the next round finds the same locks.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.SweepFailed(options.Value.SweepInterval, exception);
        }
    }

    /// <summary>Set by set, until nothing is overdue. A set that comes again as it was is left to the next round.</summary>
    private async Task WakeOverdueAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<OverdueLock> before = [];
        while (true)
        {
            // A timer that is just about to do its work is left alone.
            var overdue = await store
                .FindOverdueAsync(clock.Now - options.Value.SweepGrace, ExpiryDispatcher.SetSize, cancellationToken)
                .ConfigureAwait(false);
            if (!overdue.Except(before).Any())
                return;

            logger.WakingOverdue(overdue.Count, overdue[0].DueAt);
            DueExpiry[] due = [.. overdue.Select(entry => new DueExpiry(new LeaseExpired(entry.Key, entry.FencingToken)))];
            await TryAsync(() => dispatcher.DispatchAsync(due).OrAbandonAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            before = overdue;
        }
    }

    private async Task WakeOverdueLeasesAsync(CancellationToken cancellationToken)
    {
        var overdue = await store.Leases
            .FindOverdueAsync(clock.Now - options.Value.SweepGrace, BatchSize, cancellationToken)
            .ConfigureAwait(false);
        if (overdue.Count == 0)
            return;

        logger.WakingOverdueLeases(overdue.Count, overdue[0].DueAt);

        foreach (var entry in overdue)
            await sender.SendTransientAsync(options.Value.Address, new LeaseDue(entry.Id), cancellationToken).ConfigureAwait(false);
    }
}
