using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Locks.Admin.Json;
using Locks.Admin.Live;
using Locks.Client;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>The server-sent events of the dashboard.</summary>
public sealed class LiveTests
{
    private const int Limit = 60_000;

    private static readonly string[] Settings = ["--Locks:Broker=inmemory", "--Locks:Store=InMemory"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task AContendedLock_IsShown_AndThatItWasHandedOn()
    {
        await using var server = await RunningServer.StartAsync(Settings);
        await server.GetUntilAsync("/health/ready", 200);
        using var client = AdminClient.Of(server.Address);
        var locks = server.Services.GetRequiredService<ILockClient>();
        await using var held = (await locks.TryAcquireAsync("folder/a", new LockOptions { Owner = "one" }, Cancel))!;
        var caller = locks.AcquireAsync("folder/a", TimeSpan.FromMinutes(1), new LockOptions { Owner = "two" }, Cancel);
        await Eventually.HoldsAsync(async () => (await locks.DescribeAsync("folder/a", Cancel)).Waiters == 1);
        using var stream = await client.OpenEventsAsync();
        await using var events = SseParser.Create(stream).EnumerateAsync(Cancel).GetAsyncEnumerator(Cancel);

        var before = await UntilAsync(events, shown => shown.Statistics.MostContended.Count == 1);
        var stored = await locks.Inspector.DescribeStatisticsAsync(Cancel);
        Assert.Equal((1, 1, 1), (before.Statistics.Held, before.Statistics.Waiters, before.Statistics.Contended));
        Assert.Equal((stored.Held, stored.Waiters), (before.Statistics.Held, before.Statistics.Waiters));
        var contended = Assert.Single(before.Statistics.MostContended);
        Assert.Equal(("folder/a", "one", held.FencingToken), (contended.Key, contended.Holder!.Owner, contended.Holder.FencingToken));
        Assert.Equal("folder/a", Assert.Single(before.Statistics.LongestWaits).Key);
        Assert.Equal("folder/a", Assert.Single(before.Statistics.OldestHolders!).Key);
        await held.DisposeAsync();
        await using var next = await caller;

        // It is only offered until the client's confirmation is there.
        var after = await UntilAsync(events, shown => shown.Statistics is { MostContended.Count: 0, Offered: 0 });
        Assert.Equal("two", Assert.Single(after.Statistics.OldestHolders!).Holder!.Owner);
    }

    [Fact(Timeout = Limit)]
    public async Task AllSubscribers_ShareTheLooks_AndWithoutOneThereIsNone()
    {
        await using var server = await RunningServer.StartAsync(Settings);
        await server.GetUntilAsync("/health/ready", 200);
        using var client = AdminClient.Of(server.Address);
        var feed = server.Services.GetRequiredService<LiveFeed>();
        Assert.Equal(0, feed.Samples);

        var begun = TimeProvider.System.GetTimestamp();
        var streams = new List<Stream>();
        for (var i = 0; i < 10; i++)
            streams.Add(await client.OpenEventsAsync());
        var last = streams.Select(async stream =>
        {
            var parser = SseParser.Create(stream);
            var events = new List<string>();
            await foreach (var item in parser.EnumerateAsync(Cancel))
            {
                events.Add($"{parser.LastEventId}: {item.Data}");
                if (events.Count == 3)
                    break;
            }

            return events;
        }).ToList();
        var seen = await Task.WhenAll(last);

        Assert.Equal(10, feed.Subscribers);
        // One look a second, however many look.
        Assert.InRange(feed.Samples, 3, TimeProvider.System.GetElapsedTime(begun).TotalSeconds + 2);
        Assert.InRange(seen.SelectMany(events => events).Distinct().Count(), 3, feed.Samples);
        foreach (var stream in streams)
            await stream.DisposeAsync();
        await Eventually.HoldsAsync(() => feed.Subscribers == 0);
        await Eventually.HoldsAsync(() => !feed.IsRunning);
    }

    [Fact(Timeout = Limit)]
    public async Task WhenTheServerStops_TheEventsEnd_AndDoNotKeepIt()
    {
        var server = await RunningServer.StartAsync(Settings);
        await server.GetUntilAsync("/health/ready", 200);
        using var client = AdminClient.Of(server.Address);
        using var stream = await client.OpenEventsAsync();
        var begun = TimeProvider.System.GetTimestamp();

        await server.DisposeAsync();

        Assert.InRange(TimeProvider.System.GetElapsedTime(begun).TotalSeconds, 0, 15);
    }

    [Fact(Timeout = Limit)]
    public async Task WithoutACoordinatorThatAnswers_TheEventsSaySo()
    {
        await using var server = await RunningServer.StartAsync(
            "--Locks:Broker=inmemory", "--Locks:Store=PostgreSql",
            "--Locks:ConnectionString=Host=127.0.0.1;Port=1;Database=locks;Username=locks;Password=s3cret;Timeout=2");
        using var client = AdminClient.Of(server.Address);
        using var stream = await client.OpenEventsAsync();

        var first = await SseParser.Create(stream).EnumerateAsync(Cancel).FirstAsync(Cancel);

        Assert.Equal("problem", first.EventType);
        var problem = JsonDocument.Parse(first.Data).RootElement;
        Assert.Equal("urn:locks:docs/admin-api.md#unavailable", problem.GetProperty("type").GetString());
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.DoesNotContain("s3cret", first.Data, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task BeyondTheLimit_AStreamIsRefused()
    {
        await using var server = await RunningServer.StartAsync(Settings);
        await server.GetUntilAsync("/health/ready", 200);
        var feed = server.Services.GetRequiredService<LiveFeed>();
        using var client = AdminClient.Of(server.Address);
        using var gone = new CancellationTokenSource();
        var subscribers = Enumerable.Range(0, LiveFeed.MaxSubscribers)
            .Select(async _ => await feed.SubscribeAsync(gone.Token).CountAsync(CancellationToken.None)).ToList();
        await Eventually.HoldsAsync(() => feed.Subscribers == LiveFeed.MaxSubscribers);

        var answer = (await client.GetAsync("/api/v1/events")).IsProblem(HttpStatusCode.ServiceUnavailable, "too-many-streams");

        Assert.Contains("The limit is 100", answer.Detail, StringComparison.Ordinal);
        await gone.CancelAsync();
        await Task.WhenAll(subscribers);
    }

    private static async Task<LiveSnapshot> UntilAsync(IAsyncEnumerator<SseItem<string>> events, Func<LiveSnapshot, bool> condition)
    {
        while (await events.MoveNextAsync())
        {
            Assert.Equal("snapshot", events.Current.EventType);
            var shown = JsonSerializer.Deserialize<LiveSnapshot>(events.Current.Data, AdminJson.Options)!;
            if (condition(shown))
                return shown;
        }

        throw new EndOfStreamException();
    }
}
