using Locks.Admin.Live;
using Locks.Client;
using Locks.TestKit;
using Microsoft.Playwright;
using Xunit;
using static Locks.Dashboard.Tests.PageText;

namespace Locks.Dashboard.Tests;

/// <summary>The charts draw what was done: known numbers of grants, denials, releases, waits, and times that were measured beside them.</summary>
public sealed class ChartTests(Chromium chromium) : BrowserTests(chromium)
{
    // A histogram keeps two digits; a point is drawn to a tenth of a pixel of 114.
    private const double OfTwoDigits = 0.011, OfAPoint = 0.001;

    [Fact(Timeout = Limit)]
    public async Task TheCharts_DrawWhatWasDone()
    {
        await using var server = await RunningServer.StartAsync();
        await server.StopStepsAsync();
        server.EndStep();
        using var measured = server.CaptureMetrics();
        var begun = TimeProvider.System.GetTimestamp();

        var kept = await GrantDenyAndReleaseAsync(server);
        await EndStepAsync(server, measured, grants: 5, denials: 2, releases: 4, expiries: 0, revocations: 0, queued: 0, writes: 11);
        var before = measured.All.Count;
        await WaitAndTakeAsync(server, kept);
        await EndStepAsync(
            server, measured, grants: 5 + 8, denials: 2 + 1, releases: 4 + 3, expiries: 1, revocations: 1, queued: 4, writes: 11 + 16);

        // What is served is what was done,
        var served = server.ReadRates();
        Assert.Equal([0, 5 / 5.0, 8 / 5.0], served.Grants.TakeLast(3));
        Assert.Equal([0, 2 / 5.0, 1 / 5.0], served.Denials.TakeLast(3));
        Assert.Equal([0, 4 / 5.0, 3 / 5.0], served.Releases.TakeLast(3));
        Assert.Equal([0, 0, 1 / 5.0], served.Expiries.TakeLast(3));
        Assert.Equal([0, 0, 1 / 5.0], served.Revocations.TakeLast(3));
        Assert.Equal([0, 0, 4 / 5.0], served.Waits.TakeLast(3));
        var most = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
        Assert.InRange(served.WaitTime.Median[^1]!.Value, 7_000 * (1 - OfTwoDigits), (7_000 + most) * (1 + OfTwoDigits));
        Assert.InRange(served.WaitTime.P99[^1]!.Value, 30_000 * (1 - OfTwoDigits), (30_000 + most) * (1 + OfTwoDigits));
        Assert.All(served.WaitTime.Median.SkipLast(1), Assert.Null);
        AssertCommits(measured.All.Take(before), served.CommitTime, ^2);
        AssertCommits(measured.All.Skip(before), served.CommitTime, ^1);

        // and what is drawn is what is served.
        await using var page = await OpenAsync(server);
        await SeesAsync(page.Section("The last minutes"), "grants 1.6/s, at most 1.6/s");
        var drawn = await DrawnChart.ReadAllAsync(page.Page);
        Assert.All(drawn, chart => Assert.Equal($"{Words(served.Step * served.Grants.Count)} ago", chart.Begin));
        Assert.Equal(["Events", "Time in the queue until the grant", "Time of a commit"], drawn.Select(chart => chart.Title));
        AssertDrawn(
            drawn[0],
            PerSecond,
            ("grants", Known(served.Grants)),
            ("releases", Known(served.Releases)),
            ("denials", Known(served.Denials)),
            ("expiries", Known(served.Expiries)),
            ("revocations", Known(served.Revocations)));
        AssertDrawn(drawn[1], Latency, ("median", served.WaitTime.Median), ("99th percentile", served.WaitTime.P99));
        AssertDrawn(drawn[2], Latency, ("median", served.CommitTime.Median), ("99th percentile", served.CommitTime.P99));
    }

    [Fact(Timeout = Limit)]
    public async Task AServerWithoutACoordinator_SaysThatItMeasuresNothing_AndDrawsNoCharts()
    {
        var told = await Server.ReadSnapshotAsync();
        told["rates"] = null;
        await using var page = await OpenAsync();
        await page.Page.RouteAsync("**/api/v1/events", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "text/event-stream",
            Body = $"event: snapshot\ndata: {told.ToJsonString()}\n\n",
        }));

        await page.Page.ReloadAsync();

        await SeesAsync(page.Section("The last minutes"), "This server has none");
        await Assertions.Expect(page.Section("The last minutes").GetByRole(AriaRole.Figure)).ToHaveCountAsync(0);
    }

    /// <summary>Five grants, two denials, four releases; the grant that is left.</summary>
    private static async Task<ILockHandle> GrantDenyAndReleaseAsync(RunningServer server)
    {
        var held = new List<ILockHandle>();
        for (var i = 0; i < 5; i++)
            held.Add(await server.AcquireAsync($"charts/{i}", "owner-1"));
        for (var i = 0; i < 2; i++)
            Assert.Null(await server.Locks.TryAcquireAsync($"charts/{i}", new LockOptions { Owner = "owner-2" }));
        foreach (var handle in held.SkipLast(1))
            await handle.ReleaseAsync();
        return held[^1];
    }

    /// <summary>
    /// Three are granted out of a queue after 2, 7 and 30 seconds, and one is cancelled there at once; a lease ends, and its lock is acquired
    /// again; a lock is revoked.
    /// </summary>
    private static async Task WaitAndTakeAsync(RunningServer server, ILockHandle kept)
    {
        int[] seconds = [2, 7, 30];
        await server.AcquireAsync("charts/expires", "owner-1", TimeSpan.FromSeconds(10));
        var holders = new List<ILockHandle>();
        var waiting = new List<Task<ILockHandle>>();
        foreach (var time in seconds)
        {
            holders.Add(await server.AcquireAsync($"charts/after {time}", "owner-1"));
            waiting.Add(await server.BeginToWaitAsync($"charts/after {time}", "owner-2"));
        }

        var inVain = await server.BeginToWaitAsync(kept.Key, "owner-2");
        var waiter = (await server.Locks.DescribeAsync(kept.Key)).Queue.Single();
        Assert.True(await server.Locks.CancelWaiterAsync(kept.Key, waiter.AttemptId, "alice", "a test"));
        await Assert.ThrowsAsync<LockRefusedException>(() => inVain);
        Assert.True(await server.Locks.RevokeAsync(kept.Key, "alice"));
        for (var i = 0; i < seconds.Length; i++)
        {
            server.Advance(seconds[i] - seconds.Take(i).LastOrDefault());
            await holders[i].ReleaseAsync();
            await waiting[i].Within();
        }

        await server.AcquireAsync("charts/expires", "owner-2");
    }

    /// <summary>Ends a step of the charts when everything that was done so far has been measured.</summary>
    private static async Task EndStepAsync(
        RunningServer server, CapturedMetrics measured, int grants, int denials, int releases, int expiries, int revocations, int queued,
        int writes)
    {
        // No caller awaits the write that confirms a grant out of a queue.
        await Eventually.HoldsAsync(() => Sum("locks.commit.size") == writes && Sum(Instruments.Grants) == grants && Sum(Instruments.Denials) == denials
            && Sum(Instruments.Releases) == releases && Sum(Instruments.Expiries) == expiries && Sum(Instruments.Revocations) == revocations
            && measured.All.Count(one => one.Instrument.Name == Instruments.QueueLength) == queued);
        server.EndStep();

        double Sum(string instrument) => measured.All.Where(one => one.Instrument.Name == instrument).Sum(one => one.Value);
    }

    private static void AssertCommits(IEnumerable<CapturedMetrics.Measurement> measured, LatencySeries served, Index step)
    {
        var commits = measured.Where(one => one.Instrument.Name == Instruments.CommitDuration).Select(one => one.Value * 1_000).Order().ToList();
        AssertAbout(commits[(commits.Count - 1) / 2], served.Median[step]!.Value);
        AssertAbout(commits[(int)Math.Ceiling(commits.Count * 0.99) - 1], served.P99[step]!.Value);

        // Whole microseconds are kept.
        static void AssertAbout(double expected, double actual) =>
            Assert.InRange(actual, (expected * (1 - OfTwoDigits)) - 0.001, (expected * (1 + OfTwoDigits)) + 0.001);
    }

    private static void AssertDrawn(
        DrawnChart chart, Func<double, string> words, params (string Name, IReadOnlyList<double?> Values)[] series)
    {
        var scale = RoundUp(series.Max(line => line.Values.Max() ?? 0));
        Assert.Equal((words(scale), words(scale / 2)), (chart.Scale, chart.Middle));
        Assert.Equal(
            series.Select(line => $"{line.Name} {words(line.Values.Last(value => value is not null)!.Value)}, at most {words(line.Values.Max()!.Value)}"),
            chart.Lines.Select(line => line.Legend));
        foreach (var ((_, values), line) in series.Zip(chart.Lines))
        {
            var expected = values.Index().Where(point => point.Item is not null).ToList();
            Assert.Equal(expected.Count, line.Points.Count);
            Assert.All(expected.Zip(line.Points), point =>
            {
                Assert.Equal(point.First.Index / (values.Count - 1.0), point.Second.Place, OfAPoint);
                Assert.Equal(point.First.Item!.Value / scale, point.Second.Height, OfAPoint);
            });
        }
    }

    private static IReadOnlyList<double?> Known(IReadOnlyList<double> values) => [.. values.Select(value => (double?)value)];

    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1, 2, 5, 10 }.Select(step => step * power).First(step => step >= value);
    }
}
