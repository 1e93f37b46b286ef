using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>G5: every lock frees itself.</summary>
public sealed class ExpiryTests
{
    [Fact]
    public void Expire_AtTheEndOfTheLease_FreesTheLock()
    {
        var sut = LockUnderTest.HeldByA();
        var held = sut.Holder;

        var decision = sut.After(30).Expire();

        Assert.Equal(held, decision.Only<Outcome.Expired>().Grant);
        Assert.Equal(LockStage.Free, decision.After.Stage);
        Assert.True(decision.MovesDueTime);
    }

    [Fact]
    public void Expire_TooEarly_DoesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Now = LockUnderTest.Noon.AddSeconds(30).AddTicks(-1);

        sut.Expire().DoesNothing();
    }

    [Fact]
    public void Expire_OfAnEarlierGrant_DoesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        var old = sut.Holder.FencingToken;
        sut.Decide(A.Release());

        sut.After(600).Decide(new LockRequest.Expire(old)).AnnouncesAgain();
    }

    [Fact]
    public void Expire_OfALaterGrant_DoesNothing()
    {
        var sut = LockUnderTest.HeldByA();

        sut.After(600).Decide(new LockRequest.Expire(sut.Holder.FencingToken + 1)).DoesNothing();
    }

    [Fact]
    public void Expire_OfAFreeLock_DoesNothing()
    {
        new LockUnderTest().Decide(new LockRequest.Expire(0)).DoesNothing();

        var sut = LockUnderTest.HeldByA();
        var fence = sut.Holder.FencingToken;
        sut.Decide(A.Release());
        sut.After(30).Decide(new LockRequest.Expire(fence)).DoesNothing();
    }

    [Fact]
    public void Expire_Repeated_DoesNothingTheSecondTime()
    {
        var sut = LockUnderTest.HeldByA();
        var expiry = new LockRequest.Expire(sut.Holder.FencingToken);
        sut.After(30).Decide(expiry);

        sut.Decide(expiry).DoesNothing();
    }

    [Fact]
    public void Expire_AtAWaitersDeadline_TellsTheWaiterAndLeavesTheHolder()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Wait(seconds: 10));

        var decision = sut.After(10).Expire();

        Assert.Equal(["Dequeued", "Denied"], decision.Story());
        Assert.Equal(
            new Outcome.Denied(B.Id, B.Owner, DenyReasons.WaitTimedOut, sut.Holder, TimeSpan.FromSeconds(20), B.ReplyTo),
            decision.The<Outcome.Denied>());
    }

    [Fact]
    public void DueAt_OfAFreeLock_IsNever()
    {
        Assert.Null(LockState.NeverTaken("orders/42").DueAt);

        var sut = LockUnderTest.HeldByA();
        sut.Decide(A.Release());
        Assert.Null(sut.State.DueAt);
    }

    [Fact]
    public void DueAt_IsTheEarliestOfTheLeaseAndEveryDeadline()
    {
        var sut = LockUnderTest.HeldByA();
        Assert.Equal(LockUnderTest.Noon.AddSeconds(30), sut.State.DueAt);

        Assert.False(sut.Decide(B.Wait(seconds: 60)).MovesDueTime);
        Assert.Equal(LockUnderTest.Noon.AddSeconds(30), sut.State.DueAt);

        Assert.True(sut.Decide(C.Wait(seconds: 10)).MovesDueTime);
        Assert.Equal(LockUnderTest.Noon.AddSeconds(10), sut.State.DueAt);

        sut.Decide(D.Wait(seconds: 20));
        Assert.Equal(LockUnderTest.Noon.AddSeconds(10), sut.State.DueAt);

        Assert.True(sut.Decide(C.Cancel()).MovesDueTime);
        Assert.Equal(LockUnderTest.Noon.AddSeconds(20), sut.State.DueAt);

        Assert.True(sut.After(20).Expire().MovesDueTime);
        Assert.Equal(LockUnderTest.Noon.AddSeconds(30), sut.State.DueAt);
    }

    [Fact]
    public void Lock_WhoseWaitersAreDead_FreesItselfWindowByWindow()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        for (var i = 0; i < 3; i++)
        {
            sut.Now = sut.State.DueAt!.Value;
            sut.Expire();
        }

        Assert.Null(sut.State.Holder);
        Assert.Equal(LockUnderTest.Noon.AddSeconds(50), sut.Now);
    }
}
