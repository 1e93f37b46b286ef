using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Partitioning;
using Locks.Transport.Isolation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Deadlocks;

/// <summary>
/// Looks for deadlocks, tells each of them once, and ends them where that is asked for. Of several coordinators the first one does it; two that
/// both take themselves for the first do no harm, for an attempt is denied once.
/// </summary>
internal sealed class DeadlockDetector(
    WaitGraphReader reader,
    StoreReadiness gate,
    CoordinatorClock clock,
    CoordinatorDirectory coordinators,
    IsolatedSender sender,
    CoordinatorMeter meter,
    TimeProvider time,
    IOptions<LockCoordinatorOptions> options,
    ILogger<DeadlockDetector> logger) : BackgroundService
{
    /// <summary>Who denies the attempt, in the log and in what its caller is told.</summary>
    public const string By = "deadlock detection";

    private readonly DeadlockOptions _options = options.Value.Deadlocks;
    private WaitReport? _last;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        if (!_options.Enabled)
            return;

        using var ticks = new PeriodicTimer(_options.Interval, time);
        try
        {
            await gate.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            while (await ticks.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                await TryLookAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The detector outlives a database or a broker that is away; the next look finds the same deadlocks.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.DeadlockSearchFailed(_options.Interval, exception);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!coordinators.IsFirst)
        {
            _last = null;
            return;
        }

        await clock.EnsureKnownAsync(cancellationToken).ConfigureAwait(false);
        var report = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var before = _last;
        // What is looked at again must have been read again.
        if (ReferenceEquals(report, before))
            return;

        _last = report;
        foreach (var cycle in report.Cycles)
        {
            if (before is null || !before.Cycles.Any(cycle.IsSameAs))
                Tell(cycle);
            else if (_options.Break)
                // One that was told before has lasted for an interval, so no one was about to end it.
                await BreakAsync(cycle, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Tell(Cycle cycle)
    {
        meter.CountDeadlock();
        logger.DeadlockFound(
            CycleText.Of(cycle),
            _options.Break ? "if it lasts, the attempt that came last is denied" : "an operator may cancel a waiter or revoke a lock");
    }

    private Task BreakAsync(Cycle cycle, CancellationToken cancellationToken)
    {
        var victim = cycle.Youngest;
        return sender.SendTransientAsync(
            options.Value.Address,
            new CancelWaiter(victim.Key, AttemptId.Of(victim.AcquireId), By, CycleText.ReasonOf(cycle), DenyReasons.Deadlock),
            cancellationToken);
    }
}
