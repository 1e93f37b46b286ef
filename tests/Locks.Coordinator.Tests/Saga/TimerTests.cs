using Locks.Contracts;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>What happens by itself as time passes, with the sweeper out of the way.</summary>
public sealed class TimerTests
{
    [Fact]
    public async Task TheTimerIsTheCoordinatorsOwn_AlsoOnABusThatHasAScheduler()
    {
        // The test harness configures MassTransit's delayed message scheduler.
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        await coordinator.AcquireAsync(Asker.A);

        Assert.Equal(1, coordinator.Timer.Count);
        Assert.DoesNotContain(coordinator.AllSent, sent => sent.Message is LeaseExpired);
    }

    [Fact]
    public async Task WhenTheLeaseEnds_TheLockIsFree_AndNoTimerIsLeft()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        await coordinator.AcquireAsync(Asker.A);

        coordinator.Time.Advance(TimeSpan.FromSeconds(29.999));
        Assert.Equal("Held", await coordinator.StateAsync());
        coordinator.Time.Advance(TimeSpan.FromMilliseconds(1));

        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
        Assert.Equal(0, coordinator.Timer.Count);
        Assert.Null((await coordinator.StoredAsync())!.ExpiryTokenId);
    }

    [Fact]
    public async Task LeasesThatEndAtOnce_AreEndedTogether_AndWithoutAMessage()
    {
        var store = new ScriptedStore();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: store);
        for (var i = 0; i < 50; i++)
            await coordinator.AcquireAsync(new Asker($"{i}"), key: $"key {i}");
        var (received, commits) = (coordinator.Received, store.Commits.Count);

        coordinator.Time.Advance(TimeSpan.FromSeconds(30));

        await Eventually.HoldsAsync(() => coordinator.Timer.Count == 0 && store.Commits.Count > commits);
        Assert.Equal(50, Assert.Single(store.Commits.Skip(commits)).Count);
        Assert.Equal(received, coordinator.Received);
    }

    [Fact]
    public async Task ALeaseThatEnds_WhileAnotherWriterChangesTheLock_EndsAtTheNextTry()
    {
        var store = new ScriptedStore { OnCommit = (number, writes) => number == 2 ? ScriptedStore.Refuse(writes) : ScriptedStore.GoOn() };
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: store);
        await coordinator.AcquireAsync(Asker.A);

        coordinator.Time.Advance(TimeSpan.FromSeconds(30));

        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
        Assert.Equal(3, store.Commits.Count);
    }

    [Fact]
    public async Task WhenTheLeaseEnds_TheNextWaiterIsGranted_AndTheOneAfterIfThatOneIsDead()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var first = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Wait(), Asker.B);
        await coordinator.DeliverAsync(Asker.C.Wait(), Asker.C);

        coordinator.Time.Advance(TimeSpan.FromSeconds(30));
        var second = await coordinator.ReplyAsync<LockAcquired>(Asker.B);
        Assert.Equal(TimeSpan.FromSeconds(10), second.Lease);
        Assert.Empty(coordinator.RepliesTo(Asker.C));

        // B says nothing: its confirmation window ends.
        await Eventually.HoldsAsync(() => coordinator.Timer.Count == 1);
        coordinator.Time.Advance(TimeSpan.FromSeconds(10));
        var third = await coordinator.ReplyAsync<LockAcquired>(Asker.C);

        Assert.True(first.FencingToken < second.FencingToken && second.FencingToken < third.FencingToken);
    }

    [Fact]
    public async Task AConfirmedGrant_KeepsItsFullLease()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var first = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Wait(), Asker.B);
        await coordinator.DeliverAsync(new ReleaseLock(first.Key, first.OwnerToken), Asker.A);
        var grant = await coordinator.ReplyAsync<LockAcquired>(Asker.B);

        coordinator.Time.Advance(TimeSpan.FromSeconds(9));
        await coordinator.DeliverAsync(new ConfirmGrant(grant.Key, grant.AcquireId, grant.FencingToken));

        Assert.Equal(coordinator.Time.GetUtcNow().AddSeconds(30), (await coordinator.StoredAsync())!.State.DueAt);
        Assert.Equal(1, coordinator.Timer.Count);
        coordinator.Time.Advance(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
    }

    [Fact]
    public async Task ACoolingLock_FreesItselfWhenItsTimeIsOver()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var grant = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Wait(), Asker.B);

        (await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken, TimeSpan.FromSeconds(20)), Asker.A)).Reply<LockReleased>();
        Assert.Empty(coordinator.RepliesTo(Asker.B));
        Assert.Equal(1, coordinator.Timer.Count);
        coordinator.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(Asker.B.AcquireId, (await coordinator.ReplyAsync<LockAcquired>(Asker.B)).AcquireId);
    }

    [Fact]
    public async Task AWaiterWhoseWaitEnds_IsDeniedAtItsDeadline()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Wait(5), Asker.B);

        coordinator.Time.Advance(TimeSpan.FromSeconds(5));
        var denied = await coordinator.ReplyAsync<LockDenied>(Asker.B);

        Assert.Equal((DenyReasons.WaitTimedOut, "owner a", TimeSpan.FromSeconds(25)), (denied.Reason, denied.HolderOwner, denied.RetryAfter));
        await Eventually.HoldsAsync(() => coordinator.Timer.Count == 1);
        coordinator.Time.Advance(TimeSpan.FromSeconds(25));
        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
    }

    [Fact]
    public async Task SettingTheTimerAnew_LeavesNoOldOneBehind()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var asker = new Asker($"round {round}");
            var grant = await coordinator.AcquireAsync(asker);
            await coordinator.DeliverAsync(new RenewLock(grant.Key, grant.OwnerToken, TimeSpan.FromSeconds(60)), asker);
            await coordinator.DeliverAsync(Asker.B.Wait(5) with { AcquireId = LockKey.ToId($"waiter {round}") }, Asker.B);
            Assert.Equal(1, coordinator.Timer.Count);
            await coordinator.DeliverAsync(new CancelAcquire(grant.Key, LockKey.ToId($"waiter {round}")));
            await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken), asker);
            Assert.Equal(0, coordinator.Timer.Count);
        }
    }

    [Fact]
    public async Task AStaleExpiry_ChangesNothing_AndTheLeaseStillEndsOnTime()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var old = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(new ReleaseLock(old.Key, old.OwnerToken), Asker.A);
        coordinator.Time.Advance(TimeSpan.FromSeconds(1));
        await coordinator.AcquireAsync(Asker.B);
        var before = (await coordinator.StoredAsync())!.State;

        (await coordinator.DeliverAsync(new LeaseExpired(old.Key, old.FencingToken))).Silent();

        Assert.Equal(before, (await coordinator.StoredAsync())!.State);
        await AssertEndsAfterAsync(coordinator, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AnExpiryThatComesTooEarly_ChangesNothing_AndTheLeaseStillEndsOnTime()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var grant = await coordinator.AcquireAsync(Asker.A);

        (await coordinator.DeliverAsync(new LeaseExpired(grant.Key, grant.FencingToken))).Silent();

        await AssertEndsAfterAsync(coordinator, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AStaleExpiry_OnALockThatIsOverdueUnnoticed_HasItsOwnTimerWakeIt()
    {
        var (time, store) = (new ManualTimeProvider(), new InMemoryLockStore());
        LockAcquired grant;
        await using (var gone = await CoordinatorUnderTest.StartAsync(store: store, time: time))
            grant = await gone.AcquireAsync(Asker.A);
        time.Advance(TimeSpan.FromSeconds(30));
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: store, time: time);
        Assert.Equal("Held", await coordinator.StateAsync());

        (await coordinator.DeliverAsync(new LeaseExpired(grant.Key, grant.FencingToken - 1))).Silent();

        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
    }

    [Fact]
    public async Task ATimerThatFiresTooEarly_IsSetAgain()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var grant = await coordinator.AcquireAsync(Asker.A);
        var token = (await coordinator.StoredAsync())!.ExpiryTokenId!.Value;
        coordinator.Timer.Cancel(token);

        // As sent by a coordinator whose clock is ahead.
        await coordinator.DeliverAsync(
            new LeaseExpired(grant.Key, grant.FencingToken),
            configure: send => send.Headers.Set(MessageHeaders.SchedulingTokenId, token.ToString("N")));

        await AssertEndsAfterAsync(coordinator, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AWallClockThatIsSet_NeitherDelaysTheEnd_NorHastensIt()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        await coordinator.AcquireAsync(Asker.A);
        coordinator.Time.JumpWallClock(TimeSpan.FromSeconds(-5));
        coordinator.Time.Advance(TimeSpan.FromSeconds(10));
        coordinator.Time.JumpWallClock(TimeSpan.FromSeconds(65));

        coordinator.Time.Advance(TimeSpan.FromSeconds(19.9));

        Assert.Equal("Held", await coordinator.StateAsync());
        await AssertEndsAfterAsync(coordinator, TimeSpan.FromSeconds(0.1));
    }

    private static async Task AssertEndsAfterAsync(CoordinatorUnderTest coordinator, TimeSpan lease)
    {
        Assert.Equal(1, coordinator.Timer.Count);
        coordinator.Time.Advance(lease);
        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
        Assert.Equal(0, coordinator.Timer.Count);
    }
}
