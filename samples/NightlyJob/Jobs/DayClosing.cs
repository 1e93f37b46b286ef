using NightlyJob.CommandLine;
using NightlyJob.Records;

namespace NightlyJob.Jobs;

/// <summary>
/// The work of a night: looks which days of which shops are still open, and closes them one by one. So what a killed instance has closed is not
/// closed again, and what it has left is closed by the next run. Right for one instance; two at a time see the same days open, and close them
/// twice.
/// </summary>
internal sealed class DayClosing(NightlySettings settings, IClosings closings, TimeProvider time)
{
    public const int Shops = 4;

    public static readonly TimeSpan Night = TimeSpan.FromSeconds(1);

    /// <summary>How long one shop takes. A real job would run for minutes.</summary>
    private static readonly TimeSpan Effort = TimeSpan.FromMilliseconds(100);

    /// <param name="due">The due time.</param>
    /// <param name="fence">The fencing token of the lock, which goes into the records; 0 without a lock.</param>
    /// <param name="cancellationToken">Fires when the lock is lost, too.</param>
    public async Task CloseAsync(DateTimeOffset due, long fence, CancellationToken cancellationToken)
    {
        foreach (var (night, shop) in Open(await closings.ListAsync(settings.Run, cancellationToken), due))
        {
            await Task.Delay(Effort, time, cancellationToken);
            await closings.AddAsync(settings.Run, new ShopClosing(night, shop, settings.Name, fence), cancellationToken);
        }
    }

    /// <summary>What is open up to a due time, from the first night on that was ever closed.</summary>
    private static IEnumerable<(DateTimeOffset Night, int Shop)> Open(IReadOnlyList<ShopClosing> closed, DateTimeOffset due)
    {
        var known = closed.Select(closing => (closing.Due, closing.Shop)).ToHashSet();
        for (var night = closed.Select(closing => closing.Due).Append(due).Min(); night <= due; night += Night)
        {
            foreach (var shop in Enumerable.Range(1, Shops).Where(shop => !known.Contains((night, shop))))
                yield return (night, shop);
        }
    }
}
