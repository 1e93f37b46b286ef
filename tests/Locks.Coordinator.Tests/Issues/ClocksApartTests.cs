using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>
/// Coordinators whose machines' clocks are apart, are set, or stood still for a while. They decided by these clocks: one that was ahead ended
/// the leases that another had granted, and timed waiters out.
/// </summary>
public sealed class ClocksApartTests
{
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(30);

    private readonly ScriptedStore _store = new();
    private readonly ManualTimeProvider _storeTime = new();
    private readonly ManualTimeProvider _timeHere = new();
    private readonly ManualTimeProvider _timeThere = new();

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public async Task ALease_LastsAsLong_ForACoordinatorWhoseClockIsApart(int seconds)
    {
        _timeThere.JumpWallClock(TimeSpan.FromSeconds(seconds));
        await using var here = await StartAsync(_timeHere);
        await using var there = await StartAsync(_timeThere);
        await here.AcquireAsync(Asker.A, lease: 10);

        (await there.DeliverAsync(Asker.B.Try(), Asker.B)).Reply<LockDenied>();
        Pass(TimeSpan.FromSeconds(9.9));
        (await there.DeliverAsync(Asker.C.Try(), Asker.C)).Reply<LockDenied>();
        Pass(TimeSpan.FromSeconds(0.2));

        await there.AcquireAsync(new Asker("d"));
    }

    [Fact]
    public async Task ALease_LastsAsLong_WhateverTheWallClocksAreSetTo()
    {
        await using var here = await StartAsync(_timeHere);
        await using var there = await StartAsync(_timeThere);
        var grant = await here.AcquireAsync(Asker.A, lease: 10);

        foreach (var step in (TimeSpan[])[Apart, -2 * Apart, 3 * Apart, -Apart])
        {
            _timeThere.JumpWallClock(step);
            _timeHere.JumpWallClock(-step);
            Pass(TimeSpan.FromSeconds(2));
            var asker = new Asker($"after {step}");
            (await there.DeliverAsync(asker.Try(), asker)).Reply<LockDenied>();
        }

        Assert.Equal(grant.FencingToken, (await here.StoredAsync())!.State.Holder!.FencingToken);
    }

    [Fact]
    public async Task AWaiter_IsNotTimedOutEarly()
    {
        _timeThere.JumpWallClock(Apart);
        await using var here = await StartAsync(_timeHere);
        await using var there = await StartAsync(_timeThere);
        await here.AcquireAsync(Asker.A, lease: 300);
        await here.DeliverAsync(Asker.B.Wait(20), Asker.B);
        Pass(TimeSpan.FromSeconds(1));

        (await there.DeliverAsync(Asker.C.Try(), Asker.C)).Reply<LockDenied>();
        Assert.Equal(1, (await there.StoredAsync())!.State.Waiters.Count);

        Pass(TimeSpan.FromSeconds(19));
        await Eventually.HoldsAsync(
            () => here.RepliesTo(Asker.B).Concat(there.RepliesTo(Asker.B)).Any(sent => sent.Message is LockDenied { Reason: DenyReasons.WaitTimedOut }));
    }

    [Fact]
    public async Task ACoordinatorThatWasSuspended_DecidesByTheStoresTime_WhenItGoesOn()
    {
        await using var here = await StartAsync(_timeHere);
        await using var there = await StartAsync(_timeThere);
        await here.AcquireAsync(Asker.C, key: "another");
        Suspend(_timeHere, tellsTheWallClock: true);

        await here.AcquireAsync(Asker.A, lease: 10);

        Assert.Equal(_storeTime.GetUtcNow() + TimeSpan.FromSeconds(10), (await here.StoredAsync())!.State.Holder!.ExpiresAt);
        (await there.DeliverAsync(Asker.B.Try(), Asker.B)).Reply<LockDenied>();
    }

    [Fact]
    public async Task AGrantByAClockThatStoodUnnoticed_IsToldToNoOne_AndTheNextAttemptGetsARightOne()
    {
        await using var here = await StartAsync(_timeHere);
        await using var there = await StartAsync(_timeThere);
        await here.AcquireAsync(Asker.C, key: "another");
        Suspend(_timeHere, tellsTheWallClock: false);
        _store.OnCommit = (_, _) =>
        {
            Tell(here);
            return ScriptedStore.GoOn();
        };

        // Decided a minute ago, by the store's time: over before it was granted.
        var told = await here.DeliverAsync(Asker.A.Try(lease: 10), Asker.A);
        Assert.Equal(DenyReasons.Ended, told.Reply<LockDenied>().Reason);

        // So does the client library.
        await here.AcquireAsync(new Asker("a, again"), lease: 10);

        Assert.Equal(_storeTime.GetUtcNow() + TimeSpan.FromSeconds(10), (await here.StoredAsync())!.State.Holder!.ExpiresAt);
        (await there.DeliverAsync(Asker.B.Try(), Asker.B)).Reply<LockDenied>();
    }

    [Fact]
    public async Task ALeaseByAClockThatStoodUnnoticed_IsToldToNoOne()
    {
        await using var here = await StartAsync(_timeHere);
        await here.AcquireAsync(Asker.C, key: "another");
        Suspend(_timeHere, tellsTheWallClock: false);
        _store.OnLeaseCommit = (_, _) =>
        {
            Tell(here);
            return ScriptedStore.GoOn();
        };

        var told = await here.DeliverAsync(Asker.A.Grant(Guid.CreateVersion7(), ttl: 10), Asker.A);
        Assert.DoesNotContain(told.Replies, sent => sent.Message is LeaseGranted);

        var again = Guid.CreateVersion7();
        (await here.DeliverAsync(Asker.B.Grant(again, ttl: 10), Asker.B)).Reply<LeaseGranted>();
        Assert.Equal(_storeTime.GetUtcNow() + TimeSpan.FromSeconds(10), (await here.StoredLeaseAsync(again))!.State.Grant!.ExpiresAt);
    }

    [Fact]
    public async Task ARenewal_OfACoordinatorThatWasSuspendedWhileItRead_ExtendsNoGrantThatIsOver()
    {
        var here = await StartAsync(_timeHere);
        await using var there = await StartAsync(_timeThere);
        var grant = await here.AcquireAsync(Asker.A, lease: 10);
        await here.DisposeAsync();
        SuspendAtTheNextLoad(_timeThere);

        (await there.DeliverAsync(new RenewLock(grant.Key, grant.OwnerToken, TimeSpan.FromSeconds(60)), Asker.A)).Reply<LockLost>();

        Assert.All(_store.Commits.SelectMany(writes => writes), write => Assert.False(write.State.Holder?.ExpiresAt > _storeTime.GetUtcNow()));
    }

    [Fact]
    public async Task ARenewal_OfACoordinatorThatWasSuspendedWhileItRead_ExtendsNoLeaseThatIsOver()
    {
        var lease = Guid.CreateVersion7();
        var here = await StartAsync(_timeHere);
        await using var there = await StartAsync(_timeThere);
        (await here.DeliverAsync(Asker.A.Grant(lease, ttl: 10), Asker.A)).Reply<LeaseGranted>();
        await here.DisposeAsync();
        SuspendAtTheNextLoad(_timeThere);

        var told = await there.DeliverAsync(new RenewLease(lease, TimeSpan.FromSeconds(60), "owner"), Asker.A);

        Assert.Single(told.Replies, sent => sent.Message is LeaseNotFound);
        Assert.Equal(1, _store.LeaseCommits.Count(writes => writes[0].State.Stage == LeaseStage.Active));
    }

    [Fact]
    public async Task TheTimersOfACoordinatorThatWasSuspended_GoOffWhenItGoesOn()
    {
        await using var here = await StartAsync(_timeHere);
        await here.AcquireAsync(Asker.A, lease: 50);
        Suspend(_timeHere, tellsTheWallClock: true);

        // Anything that needs the time: the timer of the first lock would else have 50 s to go.
        await here.AcquireAsync(Asker.B, key: "another");

        await Eventually.HoldsAsync(async () => await here.StateAsync() == "Free");
    }

    /// <summary>Starts a coordinator, and waits until it has read the store's clock.</summary>
    private async Task<CoordinatorUnderTest> StartAsync(ManualTimeProvider time)
    {
        var coordinator = await CoordinatorUnderTest.StartAsync(
            store: _store, time: time, register: services => services.AddSingleton<IStoreTime>(new StoreTime(_storeTime)));
        // One that comes later would tell it what a commit is to find out.
        await Eventually.HoldsAsync(() => coordinator.Get<CoordinatorClock>().ReadingAge is not null);
        return coordinator;
    }

    /// <summary>In small steps, since one machine's time moves after the other's here.</summary>
    private void Pass(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(10);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            foreach (var clock in (ManualTimeProvider[])[_storeTime, _timeHere, _timeThere])
                clock.Advance(step);
        }
    }

    private void Suspend(ManualTimeProvider machine, bool tellsTheWallClock)
    {
        var time = TimeSpan.FromSeconds(60);
        _storeTime.Advance(time);
        foreach (var other in (ManualTimeProvider[])[_timeHere, _timeThere])
        {
            if (other != machine)
                other.Advance(time);
            else if (tellsTheWallClock)
                other.Suspend(time);
        }
    }

    private void SuspendAtTheNextLoad(ManualTimeProvider machine) => _store.OnLoad = () =>
    {
        _store.OnLoad = null;
        Suspend(machine, tellsTheWallClock: true);
    };

    /// <summary>As the answer of a database to a commit does.</summary>
    private void Tell(CoordinatorUnderTest coordinator)
    {
        var clock = coordinator.Get<CoordinatorClock>();
        clock.Observe(clock.Elapsed, _storeTime.GetUtcNow());
    }

    private sealed class StoreTime(ManualTimeProvider time) : IStoreTime
    {
        public Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(time.GetUtcNow());
    }
}
