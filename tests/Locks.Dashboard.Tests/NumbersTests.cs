using System.Globalization;
using Locks.Contracts;
using Locks.TestKit;
using Microsoft.Playwright;
using Xunit;
using static Locks.Dashboard.Tests.PageText;

namespace Locks.Dashboard.Tests;

/// <summary>Every number on the dashboard is what the store says, at the moment that the page says it is of.</summary>
public sealed class NumbersTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact(Timeout = Limit)]
    public async Task TheOverview_HasTheStoresNumbers()
    {
        await using var server = await RunningServer.StartAsync();
        await using var contended = await server.AcquireAsync("a/contended", "owner-1");
        var waiting = await server.BeginToWaitAsync("a/contended", "owner-2");
        server.Advance(75);
        await using var quiet = await server.AcquireAsync("b/quiet", "owner-3");
        await (await server.AcquireAsync("c/free", "owner-4")).ReleaseAsync();
        await using var lease = await server.Locks.Leases.GrantAsync(TimeSpan.FromMinutes(30));
        await using var page = await OpenAsync(server);
        await Assertions.Expect(page.Number("leases")).ToHaveTextAsync("1");
        await Assertions.Expect(page.Number("free")).ToHaveTextAsync("1");

        var seen = await page.ReadOverviewAsync();

        var told = await server.Locks.Inspector.DescribeStatisticsAsync();
        var first = (await server.Locks.DescribeAsync("a/contended")).Queue[0];
        var wait = Words(seen.At - first.QueuedAt);
        Assert.Equal(
            [
                $"held {told.Held}", $"waiters {told.Waiters}", $"contended {told.Contended}", $"longestWait {wait}", $"offered {told.Offered}",
                $"cooling {told.Cooling}", $"free {told.Free}", $"leases {told.Leases}",
            ],
            seen.Numbers);
        Assert.Equal((2, 1, 1, 1, 1), (told.Held, told.Waiters, told.Contended, told.Free, told.Leases));
        var (one, other) = (told.MostContended.Single(), told.OldestHolders!.Single(found => found.Key == "b/quiet"));
        Assert.Equal(
            [$"a/contended|Looks stuck|owner-1|{HeldFor(one, seen.At)}|{TimeLeft(one, seen.At)}|1 caller|{wait}"],
            seen.Contended.Select(row => row.Replace("▲ ", "", StringComparison.Ordinal)));
        Assert.Equal([$"a/contended|{wait}|1 caller|owner-1"], seen.LongestWaits);
        Assert.Equal(
            [
                $"a/contended|owner-1|{HeldFor(one, seen.At)}|{TimeLeft(one, seen.At)}",
                $"b/quiet|owner-3|{HeldFor(other, seen.At)}|{TimeLeft(other, seen.At)}",
            ],
            seen.OldestHolders);
        Assert.Equal(
            [
                "▲ a/contended looks stuck.", $"owner-1 has held it for {HeldFor(one, seen.At)}. 1 caller waits for it, the first for {wait}.",
                $"Its lease of 2 h was not renewed yet, and ends in {TimeLeft(one, seen.At)} unless it is renewed.",
            ],
            seen.LookFirst);
        Assert.Equal([$"owner-1|a/contended|{HeldFor(one, seen.GraphAt)}|1 caller|1 caller"], seen.Blockers);

        await contended.ReleaseAsync();
        await using var next = await waiting.Within();
    }

    [Fact(Timeout = Limit)]
    public async Task SharedLeases_AndCoordinators_HaveTheStoresNumbers()
    {
        await using var server = await RunningServer.StartAsync();
        await using var lease = await server.Locks.Leases.GrantAsync(TimeSpan.FromMinutes(30));
        await server.Locks.Locks.AcquireAsync("a", lease.Id);
        await server.Locks.Locks.AcquireAsync("b", lease.Id);
        server.Advance(75);
        await using var page = await OpenAsync(server);
        await SeesAsync(page.Section("Shared leases"), LeaseFingerprint.Of(lease.Id).ToString());

        var seen = await page.ReadClusterAsync();

        var told = (await server.Locks.Inspector.ListLeasesPageAsync()).Leases.Single();
        Assert.Equal(2, told.Locks);
        Assert.Equal([$"{told.Owner}|2|{Words(told.ExpiresAt - seen.At)}|{LeaseFingerprint.Of(lease.Id)}"], seen.Leases);
        // On the in-memory broker there are no partitions.
        var coordinator = (await server.Locks.Inspector.DescribeCoordinatorsAsync()).Coordinators.Single();
        Assert.Equal(
            [
                $"{coordinator.Machine}|{coordinator.Version}|none|{Instant(coordinator.StartedAt!.Value, seen.At)}|"
                    + Clock(coordinator.ClockOffset),
            ],
            seen.Coordinators);
    }

    [Fact(Timeout = Limit)]
    public async Task ALock_HasTheStoresNumbers()
    {
        var earlier = await Server.AcquireAsync("invoices/7", "earlier");
        await earlier.ReleaseAsync();
        await using var holder = await Server.AcquireAsync("invoices/7", "owner-1");
        var waiting = await Server.BeginToWaitAsync("invoices/7", "owner-2");
        Server.Advance(3_725);
        await using var page = await OpenAsync(DashboardPage.LockAddress("invoices/7"));
        await SeesAsync(page.Section("Holder"), "Fencing token");

        var (at, boxes) = await page.ReadQueueAsync();

        var told = await Server.Locks.DescribeAsync("invoices/7");
        var waiter = told.Queue.Single();
        Assert.Equal(
            [
                $"holder|owner-1|for {Words(at - told.Holder!.GrantedAt)}",
                $"1 · next|owner-2|waits for {Words(at - waiter.QueuedAt)}|gives up in {Words(waiter.Deadline - at)}|Cancel …",
            ],
            boxes);
        var details = await page.Section("Holder").Locator("dd").AllTextContentsAsync();
        Assert.Equal(
            [
                told.Holder.FencingToken.ToString(CultureInfo.InvariantCulture), Instant(told.Holder.GrantedAt, at), "2 h",
                Instant(told.Holder.ExpiresAt, at), "not yet", told.Holder.ClientId!, told.Holder.AttemptId.ToString(),
            ],
            details);
        var ended = Assert.Single(told.History);
        Assert.Equal(
            [
                Instant(ended.GrantedAt!.Value, at), Instant(ended.EndedAt, at), "released", "earlier",
                earlier.FencingToken.ToString(CultureInfo.InvariantCulture), ended.AttemptId.ToString(),
            ],
            await page.Section("History").GetByRole(AriaRole.Cell).AllTextContentsAsync());

        await holder.ReleaseAsync();
        await using var next = await waiting.Within();
    }

    private static string HeldFor(LockSummary found, DateTimeOffset at) => Words(at - found.Holder!.GrantedAt);

    private static string TimeLeft(LockSummary found, DateTimeOffset at) => Words(found.Holder!.ExpiresAt - at);

    // The server's clock is its store's.
    private static string Clock(TimeSpan? offset)
    {
        Assert.InRange(offset ?? TimeSpan.Zero, TimeSpan.FromMilliseconds(-0.5), TimeSpan.FromMilliseconds(0.5));
        return "right";
    }
}
