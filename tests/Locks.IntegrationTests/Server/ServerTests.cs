using System.Net;
using Locks.Client;
using Locks.TestKit;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Server;

/// <summary>What operators see of the server, with real processes, a real broker and a real database.</summary>
public sealed class ServerTests
{
    private const int Limit = 120_000;

    // It takes milliseconds, but the processors are shared with other tests: 7 s were seen. A server that kept its queues until its end
    // would delay requests for up to 29 s.
    private static readonly TimeSpan LongestHandOver = TimeSpan.FromSeconds(15);

    private static readonly LockOptions Lease = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task BeforeTheMigration_AServerWaits_AndBeginsByItselfAfterIt()
    {
        await using var fixture = await ServerFixture.CreateAsync();
        var server = fixture.StartServer();
        await server.WhenLoggedAsync("run `Locks.Server migrate`");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.ReadinessAsync());
        var client = await fixture.ConnectAsync();
        var early = client.TryAcquireAsync("early", Lease, Cancel);

        await fixture.MigrateAsync();

        await server.WhenReadyAsync();
        Assert.NotNull(await early);
        Assert.Single(server.Output.Split('\n'), line => line.Contains("Locks.Server migrate", StringComparison.Ordinal));
        Assert.Equal(0, await server.TerminateAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task WithoutItsDatabase_AServerGrantsNothing_AndBeginsByItselfWhenItComes()
    {
        await using var fixture = await ServerFixture.CreateAsync();
        await fixture.MigrateAsync();
        var database = new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString);
        await using var gate = new TcpGate(database.Host!, database.Port);
        var server = fixture.StartServer(port: gate.Port);
        await server.WhenLoggedAsync("No request is taken until the store is there");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.ReadinessAsync());
        var client = await fixture.ConnectAsync();
        var early = client.TryAcquireAsync("early", Lease, Cancel);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancel);
        Assert.False(early.IsCompleted);

        gate.Open();

        await server.WhenReadyAsync();
        Assert.NotNull(await early);

        // And once more, now that it has served.
        gate.Close();
        while (await server.ReadinessAsync() == HttpStatusCode.OK)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        var late = client.TryAcquireAsync("late", Lease, Cancel);
        gate.Open();
        Assert.NotNull(await late);
        await server.WhenReadyAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task AServerThatWaitsForItsDatabase_StopsWhenItIsTold()
    {
        await using var fixture = await ServerFixture.CreateAsync();
        var server = fixture.StartServer(port: 1);
        await server.WhenLoggedAsync("No request is taken until the store is there");

        Assert.Equal(0, await server.TerminateAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task AServerThatStopsUnderLoad_HandsItsPartitionsOver_AndLosesAndDelaysNoRequest()
    {
        await using var fixture = await ServerFixture.CreateAsync();
        await fixture.MigrateAsync();
        var first = fixture.StartServer("first");
        var second = fixture.StartServer("second");
        await Task.WhenAll(first.WhenReadyAsync(), second.WhenReadyAsync());
        var client = await fixture.ConnectAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var cycles = 0;
        // The client repeats nothing: a request that is lost with its reader fails the load.
        var load = Enumerable.Range(0, 48).Select(worker => Task.Run(
            async () =>
            {
                var longest = TimeSpan.Zero;
                while (!enough.IsCancellationRequested)
                {
                    var start = TimeProvider.System.GetTimestamp();
                    var held = await client.TryAcquireAsync($"stop/{worker}", Lease, Cancel);
                    Assert.True(held is not null && await held.ReleaseAsync(Cancel));
                    longest = TimeProvider.System.GetElapsedTime(start) is var took && took > longest ? took : longest;
                    Interlocked.Increment(ref cycles);
                }

                return longest;
            },
            Cancel)).ToArray();
        await WhenAsync(() => Volatile.Read(ref cycles) > 200);
        while (await first.DescriptionAsync("locks-partitions") is not { } share || share.Contains("reads none", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);

        Assert.Equal(0, await first.TerminateAsync());

        var before = Volatile.Read(ref cycles);
        await WhenAsync(() => Volatile.Read(ref cycles) > before + 200 || load.Any(worker => worker.IsCompleted));
        await enough.CancelAsync();
        Assert.All(await Task.WhenAll(load), longest => Assert.InRange(longest, TimeSpan.Zero, LongestHandOver));
        Assert.EndsWith("and stands by for none.", await second.DescriptionAsync("locks-partitions"), StringComparison.Ordinal);
        Assert.DoesNotContain("fail: ", first.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task TwoServersOnOneQueueAndDatabase_ShareTheWork_AndNoLock()
    {
        await using var fixture = await ServerFixture.CreateAsync();
        await fixture.MigrateAsync();
        var servers = new[] { fixture.StartServerOnOneQueue("first"), fixture.StartServerOnOneQueue("second") };
        await Task.WhenAll(servers.Select(server => server.WhenReadyAsync()));
        var client = await fixture.ConnectAsync();
        var holders = 0;
        var fences = new List<long>();
        var bothCommit = WhenBothCommitAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                for (var round = 0; round < 10 || !bothCommit.IsCompleted; round++)
                {
                    await using var held = await client.AcquireAsync("shared", TimeSpan.FromSeconds(60), Lease, Cancel);
                    Assert.Equal(1, Interlocked.Increment(ref holders));
                    fences.Add(held.FencingToken);
                    Interlocked.Decrement(ref holders);
                }
            },
            Cancel)));

        await bothCommit;
        Assert.True(fences.Count >= 80);
        Assert.Equal(fences.Order().Distinct(), fences);

        // The database shows what each of its clients did last.
        async Task WhenBothCommitAsync()
        {
            var seen = new SortedSet<string>();
            await Eventually.HoldsAsync(async () =>
            {
                var names = await fixture.Database.ExecuteAsync(
                    """
                    SELECT string_agg(DISTINCT application_name, ',') FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name IN ('first', 'second') AND query LIKE '%UPDATE locks.locks%'
                    """);
                seen.UnionWith(((names as string) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries));
                return seen.Count == 2;
            });
        }
    }

    private static async Task WhenAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
    }
}
