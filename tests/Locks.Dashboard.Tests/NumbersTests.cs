using System.Text.Json.Nodes;
using Locks.Client;
using Locks.Contracts;
using Locks.TestKit;
using Microsoft.Playwright;
using Xunit;
using static Locks.Dashboard.Tests.PageText;

namespace Locks.Dashboard.Tests;

/// <summary>Every number on the dashboard is what the store says, at the moment that the page says it is of.</summary>
public sealed class NumbersTests(Chromium chromium) : BrowserTests(chromium)
{
    // Every number is another one, so that each is known from its neighbours.
    [Fact(Timeout = Limit)]
    public async Task TheOverview_HasTheStoresNumbers()
    {
        await using var server = await RunningServer.StartAsync("--Locks:Limits:ConfirmationWindow=00:05:00");
        await using var contended = await server.AcquireAsync("a/contended", "owner-1");
        var waiting = await server.BeginToWaitAsync("a/contended", "owner-2");
        server.Advance(75);
        await server.BeginToWaitUnconfirmedAsync("a/contended", "owner-5", count: 5);
        await using var quiet = await server.AcquireAsync("b/quiet", "owner-3");
        await using var others = await server.Locks.TryAcquireAllAsync(
            Enumerable.Range(0, 5).Select(i => $"c/{i}"), new LockOptions { Lease = TimeSpan.FromHours(1) });
        await OfferAsync(server, "d/offered/1", "d/offered/2");
        foreach (var key in new[] { "e/cooling/1", "e/cooling/2", "e/cooling/3" })
            await (await server.AcquireAsync(key, "owner-4", holdAtLeast: TimeSpan.FromHours(1))).ReleaseAsync();
        for (var i = 0; i < 4; i++)
            await (await server.AcquireAsync($"f/free/{i}", "owner-4")).ReleaseAsync();
        var leases = new List<ILease>();
        for (var i = 0; i < 8; i++)
            leases.Add(await server.Locks.Leases.GrantAsync(TimeSpan.FromMinutes(30)));
        await using var page = await OpenAsync(server);
        await Assertions.Expect(page.Number("leases")).ToHaveTextAsync("8");

        var seen = await page.ReadOverviewAsync();

        var told = await server.Locks.Inspector.DescribeStatisticsAsync();
        Assert.Equal(
            (7, 6, 1, 2, 3, 4, 8), (told.Held, told.Waiters, told.Contended, told.Offered, told.Cooling, told.Free, told.Leases));
        var first = (await server.Locks.DescribeAsync("a/contended")).Queue[0];
        var wait = Words(seen.At - first.QueuedAt);
        Assert.Equal(
            [
                $"held {told.Held}", $"waiters {told.Waiters}", $"contended {told.Contended}", $"longestWait {wait}", $"offered {told.Offered}",
                $"cooling {told.Cooling}", $"free {told.Free}", $"leases {told.Leases}",
            ],
            seen.Numbers);
        Assert.Equal($"As of {Instant(seen.At, seen.At)}", await page.Page.Locator("#connection").GetAttributeAsync("title"));
        var one = told.MostContended.Single();
        Assert.Equal(
            [$"a/contended|Looks stuck|owner-1|{HeldFor(one, seen.At)}|{TimeLeft(one, seen.At)}|6 callers|{wait}"],
            seen.Contended.Select(row => row.Replace("▲ ", "", StringComparison.Ordinal)));
        Assert.Equal([$"a/contended|{wait}|6 callers|owner-1"], seen.LongestWaits);
        Assert.Equal("a/contended", told.OldestHolders![0].Key);
        Assert.Equal(
            told.OldestHolders.Select(found => $"{found.Key}|{found.Holder!.Owner}|{HeldFor(found, seen.At)}|{TimeLeft(found, seen.At)}"),
            seen.OldestHolders);
        Assert.Equal(
            [
                "▲ a/contended looks stuck.", $"owner-1 has held it for {HeldFor(one, seen.At)}. 6 callers wait for it, the first for {wait}.",
                $"Its lease of 2 h was not renewed yet, and ends in {TimeLeft(one, seen.At)} unless it is renewed.",
            ],
            seen.LookFirst);

        foreach (var lease in leases)
            await lease.DisposeAsync();
        await contended.ReleaseAsync();
        await using var next = await waiting.Within();
    }

    [Fact(Timeout = Limit)]
    public async Task WhoBlocksWhom_HasTheStoresNumbers()
    {
        await using var server = await RunningServer.StartAsync();
        await using var a = await server.AcquireAsync("a", "worker-a");
        await using var b = await server.AcquireAsync("b", "worker-b");
        await using var slow = await server.AcquireAsync("slow", "slow");
        server.Advance(20);
        await using var behind = await server.AcquireAsync("behind", "behind-slow");
        var ofA = await server.BeginToWaitAsync("b", "worker-a");
        server.Advance(3_725);
        var ofB = await server.BeginToWaitAsync("a", "worker-b");
        var first = await server.BeginToWaitAsync("slow", "behind-slow");
        var second = await server.BeginToWaitAsync("behind", "last");
        server.Advance(40);
        await using var page = await OpenAsync(server);
        await SeesAsync(page.Section("Deadlocks"), "worker-a waits for b");

        var seen = await page.ReadOverviewAsync();

        var last = (await server.Locks.DescribeAsync("a")).Queue.Single();
        var (onA, onB) = ("worker-b waits for a, held by worker-a", "worker-a waits for b, held by worker-b");
        Assert.Equal([$"▲ A circle of waits, for {Words(seen.GraphAt - last.QueuedAt)}", onA, onB], seen.Deadlocks);
        var holder = (await server.Locks.DescribeAsync("slow")).Holder!;
        Assert.Equal([$"slow|slow|{Words(seen.GraphAt - holder.GrantedAt)}|1 caller|2 callers"], seen.Blockers);

        foreach (var (held, next) in new[] { (a, ofB), (b, ofA), (slow, first), (behind, second) })
        {
            await held.ReleaseAsync();
            await (await next.Within()).ReleaseAsync();
        }
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
    public async Task ACoordinatorsPartitions_AndItsClock_AreWhatTheServerTells()
    {
        await using var page = await OpenAsync("#/search?prefix=none");
        await page.Page.RouteAsync("**/api/v1/coordinators", async route =>
        {
            var answer = await route.FetchAsync();
            var told = JsonNode.Parse(await answer.TextAsync())!;
            told["coordinators"]![0]!["queues"] = new JsonArray("locks-0", "locks-3");
            told["coordinators"]![0]!["clockOffset"] = -37;
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = told.ToJsonString() });
        });

        await page.GoToAsync("#/");

        await SeesAsync(page.Section("Coordinators"), "37 ms behind");
        var row = (await page.ReadClusterAsync()).Coordinators.Single().Split('|');
        Assert.Equal(("locks-0, locks-3", "37 ms behind"), (row[2], row[^1]));
    }

    private static string HeldFor(LockSummary found, DateTimeOffset at) => Words(at - found.Holder!.GrantedAt);

    private static string TimeLeft(LockSummary found, DateTimeOffset at) => Words(found.Holder!.ExpiresAt - at);

    // The server's clock is its store's.
    private static string Clock(TimeSpan? offset)
    {
        Assert.InRange(offset ?? TimeSpan.Zero, TimeSpan.FromMilliseconds(-0.5), TimeSpan.FromMilliseconds(0.5));
        return "right";
    }

    /// <summary>Locks that are offered, each to a waiter that does not confirm.</summary>
    private static async Task OfferAsync(RunningServer server, params string[] keys)
    {
        foreach (var key in keys)
        {
            var held = await server.AcquireAsync(key, "owner-4");
            await server.BeginToWaitUnconfirmedAsync(key, "owner-5");
            await held.ReleaseAsync();
        }
    }
}
