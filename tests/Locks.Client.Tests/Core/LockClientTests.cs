using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core;

/// <summary>The client and a real coordinator.</summary>
public sealed class LockClientTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Try_TakesAFreeLock_AndABusyOneIsNothing()
    {
        await using var world = await LockFixture.StartAsync();

        var first = await world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        var second = await world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        Assert.NotNull(first);
        Assert.Equal(LockFixture.Key, first.Key);
        Assert.True(first.IsHeld);
        Assert.Null(second);
        Assert.True(await first.ReleaseAsync(Cancellation));
        await using var third = await world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        Assert.True(third!.FencingToken > first.FencingToken);
    }

    [Fact]
    public async Task Lost_FiresBeforeTheNextInLineIsGranted()
    {
        await using var world = await LockFixture.StartAsync();
        var first = (await world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        var waiting = world.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(2), Lease, Cancellation);
        await world.SomebodyWaitsAsync();

        world.Time.Advance(TimeSpan.FromSeconds(29.5));
        Assert.True(first.Lost.IsCancellationRequested);
        Assert.False(waiting.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(0.5));

        await using var second = await waiting.Within();
        Assert.True(second.FencingToken > first.FencingToken);
        // Confirmed: the lock is held for the full lease, and not for the confirmation window.
        Assert.Equal(world.Time.GetUtcNow() + Lease, (await world.StoredAsync())!.State.DueAt);
        Assert.False(await first.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task ACancellationInLine_LeavesNobodyInLine()
    {
        await using var world = await LockFixture.StartAsync();
        await using var first = await world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        using var giveUp = new CancellationTokenSource();
        var waiting = world.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(2), Lease, giveUp.Token);
        await world.SomebodyWaitsAsync();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.HoldsAsync(async () => await world.WaitersAsync() == 0);
    }

    [Fact]
    public async Task ACancellationThatRacesWithTheGrant_LeavesTheLockHeldOrFree_AndNeverLeftBehind()
    {
        await using var world = await LockFixture.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var first = (await world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
            using var giveUp = new CancellationTokenSource();
            var waiting = world.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(2), Lease, giveUp.Token);
            await world.SomebodyWaitsAsync();

            await Task.WhenAll(first.ReleaseAsync(Cancellation), Task.Run(giveUp.Cancel, Cancellation));
            try
            {
                await using var second = await waiting.Within();
            }
            catch (OperationCanceledException)
            {
                // The cancellation won.
            }

            await Eventually.HoldsAsync(() => world.IsFreeAsync());
        }
    }

    [Fact]
    public async Task RunAsync_RunsUnderTheLock_AndReleasesIt_AlsoWhenTheActionFails()
    {
        await using var world = await LockFixture.StartAsync();
        var ran = 0;

        Assert.True(await world.Client.RunAsync(LockFixture.Key, async token =>
        {
            ran++;
            Assert.False(token.IsCancellationRequested);
            Assert.False(await world.Client.RunAsync(LockFixture.Key, _ => throw new InvalidOperationException("not under the lock"), Lease, Cancellation));
        }, Lease, Cancellation));
        Assert.True(await world.IsFreeAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => world.Client.RunAsync(LockFixture.Key, _ => throw new InvalidOperationException("failed"), Lease, Cancellation));

        Assert.Equal(1, ran);
        Assert.True(await world.IsFreeAsync());
    }

    [Fact]
    public async Task RunAsync_CancelsTheAction_WhenTheCallerGivesUp()
    {
        await using var world = await LockFixture.StartAsync();
        using var giveUp = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var running = world.Client.RunAsync(
            LockFixture.Key,
            token =>
            {
                started.SetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, world.Time, token);
            },
            Lease,
            giveUp.Token);
        await started.Task.Within();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within());
        Assert.True(await world.IsFreeAsync());
    }
}
