using NightlyJob.CommandLine;
using NightlyJob.Jobs;
using NightlyJob.Records;

namespace NightlyJob.Running;

/// <summary>One run as a person sees it: watches the records until every due time is done with, and reports what is in them.</summary>
internal sealed class NightlyRun(NightlySettings settings, IClosings closings, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>How long after the last due time the work may be finished: more than a lease, and than what waits after it.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(180);

    /// <summary>Waits until the job was due as often as asked for, and until it is done each time.</summary>
    /// <param name="watch">Told what is closed, for each due time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The due times. The instances run on, and may begin with others.</returns>
    public async Task<IReadOnlyList<DateTimeOffset>> WatchAsync(
        Action<IReadOnlyList<IReadOnlyList<ShopClosing>>> watch, CancellationToken cancellationToken)
    {
        await WarmUpAsync(cancellationToken);
        var first = NextDueTime() + DayClosing.Night;
        List<DateTimeOffset> due = [.. Enumerable.Range(0, settings.DueTimes).Select(number => first + (DayClosing.Night * number))];
        while (time.GetUtcNow() < due[^1] + LongestDelay)
        {
            await Task.Delay(Glance, time, cancellationToken);
            var nights = await ListAsync(due, cancellationToken);
            watch(nights);
            if (nights.All(IsDone))
                break;
        }

        return due;
    }

    /// <summary>Reports what came of the run, once the instances have ended.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ReportAsync(IReadOnlyList<DateTimeOffset> due, CancellationToken cancellationToken)
    {
        var report = new NightlyReport([.. due.Zip(await ListAsync(due, cancellationToken), (at, night) => new NightReport(at, night))]);
        ReportView.Show(report);
        return report.IsRight ? ExitCode.Right : ExitCode.Wrong;
    }

    /// <summary>
    /// Waits until the job was done once. At its very first times a process is slow, since its code is compiled as it runs: with a second for a
    /// night, that would be as if it took hours.
    /// </summary>
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var (start, limit) = (NextDueTime(), time.GetUtcNow() + LongestStart);
        while (!(await closings.ListAsync(settings.Run, cancellationToken)).GroupBy(closing => closing.Due).Any(IsDone))
        {
            if (time.GetUtcNow() > limit)
                throw new SampleException($"The job, which is due since {start:HH:mm:ss}, was not done within {LongestStart.TotalSeconds:0} s.");
            await Task.Delay(Glance, time, cancellationToken);
        }
    }

    /// <summary>The next full second.</summary>
    private DateTimeOffset NextDueTime()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(DayClosing.Night.Ticks - (now.Ticks % DayClosing.Night.Ticks));
    }

    private static bool IsDone(IEnumerable<ShopClosing> night) => night.DistinctBy(closing => closing.Shop).Count() == DayClosing.Shops;

    private async Task<IReadOnlyList<IReadOnlyList<ShopClosing>>> ListAsync(IReadOnlyList<DateTimeOffset> due, CancellationToken cancellationToken)
    {
        var nights = (await closings.ListAsync(settings.Run, cancellationToken)).ToLookup(closing => closing.Due);
        return [.. due.Select(at => nights[at].ToList())];
    }
}
