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
        await using var fixture = await LockFixture.StartAsync();

        var first = await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        var second = await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        Assert.NotNull(first);
        Assert.Equal(LockFixture.Key, first.Key);
        Assert.True(first.IsHeld);
        Assert.Null(second);
        Assert.True(await first.ReleaseAsync(Cancellation));
        await using var third = await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        Assert.True(third!.FencingToken > first.FencingToken);
    }

    [Fact]
    public async Task Lost_FiresBeforeTheNextInTheQueueIsGranted()
    {
        await using var fixture = await LockFixture.StartAsync();
        var first = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(2), Lease, Cancellation);
        await fixture.WaitUntilQueuedAsync();

        fixture.Time.Advance(TimeSpan.FromSeconds(29.5));
        Assert.True(first.Lost.IsCancellationRequested);
        Assert.False(waiting.IsCompleted);
        fixture.Time.Advance(TimeSpan.FromSeconds(0.5));

        await using var second = await waiting.Within();
        Assert.True(second.FencingToken > first.FencingToken);
        // Confirmed: the lock is held for the full lease, and not for the confirmation window.
        Assert.Equal(fixture.Time.GetUtcNow() + Lease, (await fixture.StoredAsync())!.State.DueAt);
        Assert.False(await first.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task ACancellationInTheQueue_LeavesNoWaiter()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var first = await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        using var giveUp = new CancellationTokenSource();
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(2), Lease, giveUp.Token);
        await fixture.WaitUntilQueuedAsync();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync() == 0);
    }

    [Fact]
    public async Task ACancellationThatRacesWithTheGrant_LeavesTheLockHeldOrFree_AndNeverLeftBehind()
    {
        await using var fixture = await LockFixture.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var first = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
            using var giveUp = new CancellationTokenSource();
            var waiting = fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(2), Lease, giveUp.Token);
            await fixture.WaitUntilQueuedAsync();

            await Task.WhenAll(first.ReleaseAsync(Cancellation), Task.Run(giveUp.Cancel, Cancellation));
            try
            {
                await using var second = await waiting.Within();
            }
            catch (OperationCanceledException)
            {
                // The cancellation won.
            }

            await Eventually.HoldsAsync(() => fixture.IsFreeAsync());
        }
    }

    [Fact]
    public async Task RunAsync_RunsUnderTheLock_AndReleasesIt_AlsoWhenTheActionFails()
    {
        await using var fixture = await LockFixture.StartAsync();
        var ran = 0;

        Assert.True(await fixture.Client.RunAsync(LockFixture.Key, async token =>
        {
            ran++;
            Assert.False(token.IsCancellationRequested);
            Assert.False(await fixture.Client.RunAsync(
                LockFixture.Key, _ => throw new InvalidOperationException("not under the lock"), Lease, Cancellation));
        }, Lease, Cancellation));
        Assert.True(await fixture.IsFreeAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => fixture.Client.RunAsync(LockFixture.Key, _ => throw new InvalidOperationException("failed"), Lease, Cancellation));

        Assert.Equal(1, ran);
        Assert.True(await fixture.IsFreeAsync());
    }

    [Fact]
    public async Task RunAsync_CancelsTheAction_WhenTheCallerGivesUp()
    {
        await using var fixture = await LockFixture.StartAsync();
        using var giveUp = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var running = fixture.Client.RunAsync(
            LockFixture.Key,
            token =>
            {
                started.SetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, fixture.Time, token);
            },
            Lease,
            giveUp.Token);
        await started.Task.Within();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within());
        Assert.True(await fixture.IsFreeAsync());
    }
}
