using Locks.Client;
using Locks.Contracts;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Leases;

/// <summary>A lease with ten thousand locks: what it costs to keep, and what becomes of the locks when it is revoked.</summary>
public sealed class ManyLocksTests
{
    private const int Locks = 10_000;
    private const int AtATime = 128;

    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task ALeaseWithTenThousandLocks_IsRenewedByOneMessage_AndItsEndFreesThemAll()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        var client = fixture.NewClient();
        var lease = await client.Leases.GrantAsync(Ttl);
        await client.Leases.KeepAliveAsync(lease.Id);

        var acquiring = TimeProvider.System.GetTimestamp();
        var held = new ILeasedLock[Locks];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Locks),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime },
            async (number, cancel) => held[number] = await client.Locks.AcquireAsync($"many/{number}", lease.Id, cancel));
        Tell($"{Locks} locks acquired in {Since(acquiring).TotalSeconds:F1} s");
        Assert.All(held, one => Assert.True(one.Acquired));
        Assert.Equal(Locks, (await client.Leases.TimeToLiveAsync(lease.Id))!.Locks);

        await using var tap = await BrokerTap.OpenAsync(fixture.QueueName);
        var watching = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync(() => tap.Messages.Count >= 4, Limit);
        var (messages, watched) = (tap.Messages, Since(watching));
        Tell($"{messages.Count} messages in {watched.TotalSeconds:F1} s: {string.Join(", ", messages.Distinct())}");
        Assert.All(messages, kind => Assert.Equal(nameof(RenewLease), kind));
        // One each third of the lease: the first of four may come at once, and then there are three whole intervals.
        Assert.True(watched >= (Ttl * 0.8), $"Four renewals came within {watched}.");

        var waiters = Enumerable.Range(0, 20)
            .Select(number => fixture.NewClient().AcquireAsync($"many/{number * 500}", Limit, TimeSpan.FromMinutes(5)))
            .ToArray();
        await Eventually.HoldsAsync(async () => (await Task.WhenAll(
            Enumerable.Range(0, 20).Select(number => fixture.LookAsync($"many/{number * 500}")))).All(state => state!.Waiters.Count == 1), Limit);

        var revoking = TimeProvider.System.GetTimestamp();
        Assert.True(await client.Leases.RevokeAsync(lease.Id));
        Tell($"revoked in {Since(revoking).TotalMilliseconds:F0} ms");
        Assert.All(held, one => Assert.False(one.Handle!.IsHeld));
        // A client need not wait for the clean-up to acquire one of the locks.
        await using var taken = await fixture.NewClient().TryAcquireAsync($"many/{Locks - 1}");
        Assert.NotNull(taken);
        var granted = await Task.WhenAll(waiters);
        Tell($"20 waiters granted {Since(revoking).TotalMilliseconds:F0} ms after the revocation began");
        await Eventually.HoldsAsync(async () => await fixture.Store.Leases.CountLocksAsync(lease.Id, CancellationToken.None) == 0, Limit);
        Tell($"all {Locks} locks passed on {Since(revoking).TotalSeconds:F1} s after the revocation began");

        Assert.All(granted, one => Assert.True(one.IsHeld));
        Assert.Null((await fixture.LookAsync("many/1"))!.Holder);
        foreach (var one in granted)
            await one.DisposeAsync();
    }

    private static TimeSpan Since(long start) => TimeProvider.System.GetElapsedTime(start);

    private static void Tell(string figure) => TestContext.Current.TestOutputHelper!.WriteLine(figure);
}
