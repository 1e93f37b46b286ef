using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

public sealed class ReleaseTests
{
    [Fact]
    public void Release_ByTheHolder_FreesTheLock()
    {
        var sut = LockUnderTest.HeldByA();
        var held = sut.Holder;

        var decision = sut.Decide(A.Release());

        Assert.Equal(new Outcome.Released(held, A.ReplyTo), decision.Only<Outcome.Released>());
        Assert.Null(sut.State.Holder);
        Assert.Equal(held.FencingToken, sut.State.LastFence);
    }

    [Fact]
    public void Release_OfAnOldToken_ChangesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());

        Assert.Equal(new Outcome.ReleaseRefused(A.ReplyTo), sut.Decide(A.Release()).ChangesNothing().The<Outcome.ReleaseRefused>());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Release_ByAWaiter_ChangesNothing() =>
        LockUnderTest.HeldByA(B).Decide(B.Release()).ChangesNothing().Only<Outcome.ReleaseRefused>();

    [Fact]
    public void Release_OfAnUnknownToken_ChangesNothing() =>
        LockUnderTest.HeldByA().Decide(D.Release()).ChangesNothing().Only<Outcome.ReleaseRefused>();

    [Fact]
    public void Release_OfALockThatWasNeverTaken_ChangesNothing() =>
        new LockUnderTest().Decide(A.Release()).ChangesNothing().Only<Outcome.ReleaseRefused>();

    [Fact]
    public void Release_WithADefaultToken_IsRefusedByAFreeLock() =>
        new LockUnderTest().Decide(new LockRequest.Release(default, null)).ChangesNothing().Only<Outcome.ReleaseRefused>();

    [Fact]
    public void Release_OfATokenThatDiffersInCase_ChangesNothing() =>
        LockUnderTest.HeldByA()
            .Decide(new LockRequest.Release(new OwnerToken("TOKEN OF A"), A.ReplyTo)).ChangesNothing().Only<Outcome.ReleaseRefused>();

    [Fact]
    public void Release_AfterTheLeaseEnded_IsRefusedAndTheNextIsGranted()
    {
        var sut = LockUnderTest.HeldByA(B);

        Assert.Equal(["Expired", "Dequeued", "Granted", "ReleaseRefused"], sut.After(30).Decide(A.Release()).Story());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Release_OfAnUnconfirmedGrant_Counts()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());

        sut.Decide(B.Release()).Only<Outcome.Released>();
        Assert.Null(sut.State.Holder);
    }
}
