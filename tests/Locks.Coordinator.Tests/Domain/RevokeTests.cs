using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>The lock is taken from its holder by a sender that knows no token.</summary>
public sealed class RevokeTests
{
    [Fact]
    public void Revoke_FreesTheLock_AndTellsTheHolderWhoDidIt()
    {
        var sut = LockUnderTest.HeldByA();
        var held = sut.Holder;

        var decision = sut.Decide(C.Revoke());

        Assert.Equal(["Revoked", "LossNotified"], decision.Story());
        Assert.Equal(new Outcome.Revoked(held, "operator c", C.ReplyTo), decision.The<Outcome.Revoked>());
        Assert.Equal(new Outcome.LossNotified(held, LossReasons.Revoked, "operator c", A.ReplyTo), decision.The<Outcome.LossNotified>());
        Assert.Null(sut.State.Holder);
        Assert.Equal(held.FencingToken, sut.State.LastFence);
    }

    [Fact]
    public void Revoke_GrantsTheNextWaiter()
    {
        var sut = LockUnderTest.HeldByA(B);

        Assert.Equal(["Revoked", "LossNotified", "Dequeued", "Granted"], sut.Decide(C.Revoke()).Story());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Revoke_OfAHolderThatNamedNoSession_TellsItNothing()
    {
        var sut = new LockUnderTest();
        sut.Decide(A.Try() with { ClientId = null });

        sut.Decide(C.Revoke()).Only<Outcome.Revoked>();
    }

    [Fact]
    public void Revoke_OfTheGrantThatIsNamed_TakesIt()
    {
        var sut = LockUnderTest.HeldByA();

        sut.Decide(C.Revoke(sut.Holder.FencingToken)).The<Outcome.Revoked>();
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void Revoke_OfAnotherGrant_ChangesNothing()
    {
        var sut = LockUnderTest.HeldByA();

        sut.Decide(C.Revoke(sut.Holder.FencingToken - 1)).ChangesNothing().Only<Outcome.ReleaseRefused>();
        sut.Decide(C.Revoke(sut.Holder.FencingToken + 1)).ChangesNothing().Only<Outcome.ReleaseRefused>();
    }

    [Fact]
    public void Revoke_Repeated_DoesNotHitTheNextHolder()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(C.Revoke());

        Assert.Equal(
            new Outcome.RevocationRepeated(C.ReplyTo), sut.Decide(C.Revoke()).ChangesNothing().The<Outcome.RevocationRepeated>());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
        sut.Decide(D.Revoke()).The<Outcome.Revoked>();
    }

    // A redelivered copy, after another attempt was granted the lock.
    [Fact]
    public void Revoke_ThatFoundNoHolder_DoesNotHitTheNextHolder_WhenItIsRepeated()
    {
        var sut = new LockUnderTest();
        Assert.Equal(new Outcome.ReleaseRefused(C.ReplyTo), sut.Decide(C.Revoke()).Only<Outcome.ReleaseRefused>());
        sut.Decide(A.Try());

        sut.Decide(C.Revoke()).ChangesNothing().Only<Outcome.ReleaseRefused>();
        Assert.Equal(A.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Revoke_OfOneGrantThatFoundNoHolder_IsNotRemembered() =>
        new LockUnderTest().Decide(C.Revoke(fence: 7)).ChangesNothing().Only<Outcome.ReleaseRefused>();

    [Fact]
    public void Revoke_WithTheNameOfAWaitingAttempt_IsRefused_AndThatAttemptIsGranted()
    {
        var sut = LockUnderTest.HeldByA(B, C);

        sut.Decide(D.Revoke() with { RevokeId = C.Id }).ChangesNothing().Only<Outcome.ReleaseRefused>();
        sut.Decide(A.Release());
        sut.Decide(B.Release());
        Assert.Equal(C.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Revoke_WithTheNameOfAnAttemptThatIsOver_IsRefused()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());

        sut.Decide(D.Revoke() with { RevokeId = A.Id }).ChangesNothing().The<Outcome.ReleaseRefused>();
    }

    [Fact]
    public void Revoke_AfterTheLeaseEnded_FindsNoHolder()
    {
        var sut = LockUnderTest.HeldByA();

        Assert.Equal(["Expired", "ReleaseRefused"], sut.After(30).Decide(C.Revoke()).Story());
    }

    [Fact]
    public void Revoke_OfAnUnconfirmedGrant_TakesIt()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());

        Assert.Equal(B.ReplyTo, sut.Decide(C.Revoke()).The<Outcome.LossNotified>().ReplyTo);
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void Acquire_RepeatedAfterItsRevocation_GrantsNothing()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(C.Revoke());

        Assert.Equal(DenyReasons.Ended, sut.Decide(A.Try()).ChangesNothing().Only<Outcome.Denied>().Why);
        Assert.Equal(LossReasons.NotHeld, sut.Decide(A.Renew()).Only<Outcome.RenewalRefused>().Why);
        sut.Decide(A.Release()).Only<Outcome.ReleaseRefused>();
    }
}
