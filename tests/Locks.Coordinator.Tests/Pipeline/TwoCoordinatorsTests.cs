using Locks.Contracts;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Pipeline;

/// <summary>What a coordinator has in memory, another may have changed: it is never told, nor built upon, unless the store agrees.</summary>
public sealed class TwoCoordinatorsTests
{
    private readonly InMemoryLockStore _store = new();

    [Fact]
    public async Task AGrantThatIsOver_IsNotRepeatedFromMemory()
    {
        await using var here = await CoordinatorUnderTest.StartAsync(store: _store);
        await using var there = await CoordinatorUnderTest.StartAsync(store: _store);
        var grant = await here.AcquireAsync(Asker.A);
        await there.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken), Asker.A);
        await there.AcquireAsync(Asker.B);

        var again = await here.DeliverAsync(Asker.A.Try(), Asker.A);

        Assert.Equal(DenyReasons.Ended, again.Reply<LockDenied>().Reason);
    }

    [Fact]
    public async Task AHolderThatMemoryDoesNotKnow_IsNotRefused()
    {
        await using var here = await CoordinatorUnderTest.StartAsync(store: _store);
        await using var there = await CoordinatorUnderTest.StartAsync(store: _store);
        var first = await here.AcquireAsync(Asker.A);
        await here.DeliverAsync(new ReleaseLock(first.Key, first.OwnerToken), Asker.A);
        var second = await there.AcquireAsync(Asker.B);

        var renewed = await here.DeliverAsync(new RenewLock(second.Key, second.OwnerToken, TimeSpan.FromSeconds(60)), Asker.B);

        Assert.Equal(second.FencingToken, renewed.Reply<LockRenewed>().FencingToken);
    }

    [Fact]
    public async Task TurnByTurn_EveryGrantHasAHigherFence()
    {
        await using var here = await CoordinatorUnderTest.StartAsync(store: _store);
        await using var there = await CoordinatorUnderTest.StartAsync(store: _store);
        var fence = 0L;
        for (var turn = 0; turn < 20; turn++)
        {
            var asker = new Asker($"turn {turn}");
            var (takes, gives) = turn % 2 == 0 ? (here, there) : (there, here);
            var grant = await takes.AcquireAsync(asker);
            Assert.True(grant.FencingToken > fence);
            fence = grant.FencingToken;
            (await gives.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken), asker)).Reply<LockReleased>();
        }
    }

    [Fact]
    public async Task TheQueueThatFormedThere_IsServedHere_InItsOrder()
    {
        await using var here = await CoordinatorUnderTest.StartAsync(store: _store);
        await using var there = await CoordinatorUnderTest.StartAsync(store: _store);
        var first = await here.AcquireAsync(Asker.A);
        await there.DeliverAsync(Asker.B.Wait(), Asker.B);
        await there.DeliverAsync(Asker.C.Wait(), Asker.C);

        await here.DeliverAsync(new ReleaseLock(first.Key, first.OwnerToken), Asker.A);
        var second = await here.ReplyAsync<LockAcquired>(Asker.B);
        await there.DeliverAsync(new ReleaseLock(second.Key, second.OwnerToken), Asker.B);

        Assert.Equal(Asker.C.AcquireId, (await there.ReplyAsync<LockAcquired>(Asker.C)).AcquireId);
    }

    [Fact]
    public async Task ATimerThatIsLeftHere_ChangesNothing_AndIsNotSetAgain()
    {
        var time = new ManualTimeProvider();
        var store = new ScriptedStore(_store);
        await using var here = await CoordinatorUnderTest.StartAsync(store: store, time: time);
        await using var there = await CoordinatorUnderTest.StartAsync(store: _store, time: time);
        var grant = await here.AcquireAsync(Asker.A, lease: 30);
        await there.DeliverAsync(new RenewLock(grant.Key, grant.OwnerToken, TimeSpan.FromSeconds(60)), Asker.A);
        var (stored, loads) = (await there.StoredAsync(), store.Loads);

        time.Advance(TimeSpan.FromSeconds(31));
        await Eventually.HoldsAsync(() => store.Loads == loads + 1);
        // Decided on after whatever the timer has set off.
        (await here.DeliverAsync(new ReleaseLock(grant.Key, "a wrong token"), Asker.B)).Reply<LockNotHeld>();

        Assert.Equal(stored, await there.StoredAsync());
        Assert.Equal((0, 1), (here.Timer.Count, there.Timer.Count));
    }

    [Fact]
    public async Task ALockThatWasRenewedThere_GoesToTheNextAtItsNewTime_WhateverTimerIsLeftHere()
    {
        var time = new ManualTimeProvider();
        await using var here = await CoordinatorUnderTest.StartAsync(store: _store, time: time);
        await using var there = await CoordinatorUnderTest.StartAsync(store: _store, time: time);
        var grant = await here.AcquireAsync(Asker.A, lease: 30);
        await there.DeliverAsync(Asker.B.Wait(120), Asker.B);
        time.Advance(TimeSpan.FromSeconds(20));
        await there.DeliverAsync(new RenewLock(grant.Key, grant.OwnerToken, TimeSpan.FromSeconds(30)), Asker.A);

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(grant.FencingToken, (await there.StoredAsync())!.State.Holder?.FencingToken);
        time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.HoldsAsync(() => here.RepliesTo(Asker.B).Concat(there.RepliesTo(Asker.B)).Any(sent => sent.Message is LockAcquired));
        Assert.Equal(Asker.B.AcquireId, (await there.StoredAsync())!.State.Holder?.AcquireId);
    }
}
