using Locks.Coordinator.Diagnostics;
using Locks.Transport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Clocks;

/// <summary>
/// Keeps the time of a coordinator known while it commits nothing, and reports how far this machine's wall clock is from it.
/// </summary>
internal sealed class ClockKeeper(CoordinatorClock clock, CoordinatorMeter meter, TimeProvider time, ILogger<ClockKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Less than the interval, or a reading would be left out every other time.
    private static readonly TimeSpan Recent = Interval / 2;

    // What deserves a line in the log, and by how much it must have changed for another one.
    private static readonly TimeSpan Notable = TimeSpan.FromSeconds(1);

    private TimeSpan _told;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => DetachedContext.Run(() => KeepAsync(stoppingToken));

    private async Task KeepAsync(CancellationToken stoppingToken)
    {
        if (!clock.FollowsStore)
            return;

        clock.Corrected += logger.TimeCorrected;
        using var ticks = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await ReadStoreAsync(stoppingToken).ConfigureAwait(false);
                Report();
            }
            while (await ticks.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            clock.Corrected -= logger.TimeCorrected;
        }
    }

    private async Task ReadStoreAsync(CancellationToken cancellationToken)
    {
        if (clock.ReadingAge < Recent && clock.IsKnown)
            return;

        try
        {
            await clock.ReadStoreAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever it is, the next round comes soon, and the health check tells when the time is not known any more.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void Report()
    {
        if (clock.Error is not { } error)
            return;

        var offset = clock.WallClockOffset;
        meter.RecordClock(offset, error);
        if ((offset - _told).Duration() <= Notable)
            return;

        if (offset.Duration() > Notable)
            logger.WallClockIsOff(offset.TotalSeconds);
        else
            logger.WallClockIsRight();
        _told = offset.Duration() > Notable ? offset : TimeSpan.Zero;
    }
}
