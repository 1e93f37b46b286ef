using Locks.Client;
using Locks.TestKit;
using Xunit;
using static Locks.Dashboard.Tests.PageText;

namespace Locks.Dashboard.Tests;

/// <summary>Every number that a search shows is what the store says, at the moment that the page says it is of.</summary>
public sealed class SearchNumbersTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact(Timeout = Limit)]
    public async Task ASearch_HasTheStoresNumbers()
    {
        await using var server = await RunningServer.StartAsync();
        await using var stuck = await server.AcquireAsync("found/a", "owner-1");
        var waiting = await server.BeginToWaitAsync("found/a", "owner-2");
        server.Advance(75);
        await server.BeginToWaitUnconfirmedAsync("found/a", "owner-3", count: 2);
        await using var quiet = await server.AcquireAsync("found/b", "owner-1", TimeSpan.FromMinutes(30));
        await using var other = await server.AcquireAsync("other", "owner-1");
        server.Advance(20);
        await using var page = await DashboardPage.OpenAsync(Chromium.Browser, server.Address, "#/search?prefix=found/");
        await SeesAsync(page.Main, "2 locks");

        var (at, summary, rows) = await page.ReadSearchAsync();

        Assert.Equal($"2 locks, as of {Instant(at, at)}.", summary);
        var told = (await server.Locks.Inspector.ListPageAsync(new LockQuery { Prefix = "found/" })).Locks;
        var first = (await server.Locks.DescribeAsync("found/a")).Queue[0];
        Assert.Equal(
            [
                $"{told[0].Key}|▲ Looks stuck|owner-1|{Held(0)}|{Left(0)}|3 callers|{Words(at - first.QueuedAt)}",
                $"{told[1].Key}|Held|owner-1|{Held(1)}|{Left(1)}|0 callers|–",
            ],
            rows);

        await stuck.ReleaseAsync();
        await using var next = await waiting.Within();

        string Held(int row) => Words(at - told[row].Holder!.GrantedAt);
        string Left(int row) => Words(told[row].Holder!.ExpiresAt - at);
    }

    [Fact(Timeout = Limit)]
    public async Task ASearchThatFindsMoreThanAPage_CountsWhatItShows()
    {
        await using var server = await RunningServer.StartAsync();
        await using var held = await server.Locks.TryAcquireAllAsync(Enumerable.Range(0, 101).Select(i => $"many/{i}"));
        await using var page = await DashboardPage.OpenAsync(Chromium.Browser, server.Address, "#/search?prefix=many/");
        await SeesAsync(page.Main, "100 locks so far, as of");

        await page.Button("More").ClickAsync();
        await SeesAsync(page.Main, "101 locks, as of");

        var keys = new List<string>();
        await foreach (var found in server.Locks.ListAsync(new LockQuery { Prefix = "many/" }))
            keys.Add(found.Key);
        Assert.Equal(keys, (await page.ReadSearchAsync()).Rows.Select(row => row.Split('|')[0]));
    }
}
