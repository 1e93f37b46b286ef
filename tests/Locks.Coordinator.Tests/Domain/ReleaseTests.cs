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
    public void Release_Again_IsAnsweredLikeTheFirst_WhenItNamesItsAttempt()
    {
        var release = A.Release() with { AcquireId = A.Id };
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(release);

        Assert.Equal(
            new Outcome.ReleaseRepeated(A.ReplyTo), sut.Decide(release).ChangesNothing().The<Outcome.ReleaseRepeated>());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Release_OfAGrantThatExpiredOrWasRevoked_IsRefused_AlsoWhenItNamesItsAttempt()
    {
        var release = A.Release() with { AcquireId = A.Id };

        LockUnderTest.HeldByA().After(30).Decide(release).The<Outcome.ReleaseRefused>();
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Revoke());
        sut.Decide(release).ChangesNothing().Only<Outcome.ReleaseRefused>();
    }

    [Fact]
    public void Release_Again_AfterTheCooldown_IsAnsweredLikeTheFirst()
    {
        var release = A.Release(cooldown: 10) with { AcquireId = A.Id };
        var sut = LockUnderTest.HeldByA();
        sut.Decide(release);

        sut.After(10).Decide(release).The<Outcome.ReleaseRepeated>();
        sut.Decide(release).ChangesNothing().Only<Outcome.ReleaseRepeated>();
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
