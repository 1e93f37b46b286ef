using NightlyJob.CommandLine;
using NightlyJob.Records;

namespace NightlyJob.Jobs;

/// <summary>
/// The work of a night: looks which shops are still open for the due time, and then closes their day one by one. What a killed instance has
/// closed is not closed again. Right for one instance; two at a time see the same shops open, and close them twice.
/// </summary>
internal sealed class DayClosing(NightlySettings settings, IClosings closings, TimeProvider time)
{
    public const int Shops = 4;

    /// <summary>How long one shop takes. A real job would run for minutes.</summary>
    private static readonly TimeSpan Effort = TimeSpan.FromMilliseconds(100);

    /// <param name="due">The due time.</param>
    /// <param name="fence">The fencing token of the lock, which goes into the records; 0 without a lock.</param>
    /// <param name="cancellationToken">Fires when the lock is lost, too.</param>
    public async Task CloseAsync(DateTimeOffset due, long fence, CancellationToken cancellationToken)
    {
        var closed = (await closings.ListAsync(settings.Run, due, cancellationToken)).Select(closing => closing.Shop).ToHashSet();
        for (var shop = 1; shop <= Shops; shop++)
        {
            if (closed.Contains(shop))
                continue;
            await Task.Delay(Effort, time, cancellationToken);
            await closings.AddAsync(settings.Run, new Closing(due, shop, settings.Name, fence), cancellationToken);
        }
    }
}
