using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Timers;

/// <summary>
/// Looks for locks on which something is overdue, at the start and then periodically, and wakes them: the timers of a coordinator that
/// died are gone, but the due time is stored. Also forgets locks that nobody has used for long. Several sweepers do no harm.
/// </summary>
internal sealed class OverdueSweeper(
    ILockStore store,
    StoreGate gate,
    IBus bus,
    CoordinatorClock clock,
    TimeProvider time,
    IOptions<LockCoordinatorOptions> options,
    ILogger<OverdueSweeper> logger) : BackgroundService
{
    private const int BatchSize = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
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
        try
        {
            await WakeOverdueLeasesAsync(cancellationToken).ConfigureAwait(false);
            await WakeOverdueAsync(cancellationToken).ConfigureAwait(false);
            var unusedSince = clock.Now - options.Value.IdleRetention;
            await store.PurgeIdleAsync(unusedSince, BatchSize, cancellationToken).ConfigureAwait(false);
            await store.Leases.PurgeEndedAsync(unusedSince, BatchSize, cancellationToken).ConfigureAwait(false);
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

    private async Task WakeOverdueAsync(CancellationToken cancellationToken)
    {
        // A timer that is just about to do its work is left alone.
        var overdue = await store
            .FindOverdueAsync(clock.Now - options.Value.SweepGrace, BatchSize, cancellationToken)
            .ConfigureAwait(false);
        if (overdue.Count == 0)
            return;

        logger.WakingOverdue(overdue.Count, overdue[0].DueAt);
        var endpoint = await bus.GetSendEndpoint(options.Value.Address).ConfigureAwait(false);
        foreach (var entry in overdue)
        {
            await endpoint
                .Send(new LeaseExpired(entry.Key, entry.FencingToken), send => send.Durable = false, cancellationToken)
                .ConfigureAwait(false);
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
        var endpoint = await bus.GetSendEndpoint(options.Value.Address).ConfigureAwait(false);
        foreach (var entry in overdue)
            await endpoint.Send(new LeaseDue(entry.Id), send => send.Durable = false, cancellationToken).ConfigureAwait(false);
    }
}
