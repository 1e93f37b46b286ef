using Locks.Contracts;
using Locks.Coordinator.Storage;
using Xunit;

namespace Locks.Coordinator.Tests.Saga.Lanes;

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
}
