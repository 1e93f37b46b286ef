using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

public sealed class TryTests
{
    [Fact]
    public void Try_OfAFreeLock_IsGrantedAtOnceForTheWholeLease()
    {
        var sut = new LockUnderTest();

        var granted = sut.Decide(A.Try(lease: 30)).Only<Outcome.Granted>();

        Assert.False(granted.Repeated);
        Assert.Null(granted.Waited);
        Assert.Equal(A.ReplyTo, granted.ReplyTo);
        Assert.Same(granted.Grant, sut.Holder);
        Assert.Equal(
            new Holder(
                A.Id, "owner a", A.Token, sut.State.LastFence, TimeSpan.FromSeconds(30), LockUnderTest.Noon,
                LockUnderTest.Noon.AddSeconds(30), Stage: LockStage.Held, "client a", A.ReplyTo),
            sut.Holder);
        Assert.Equal(TimeSpan.FromSeconds(30), sut.Holder.AnnouncedTtl);
    }

    [Fact]
    public void Try_OfAHeldLock_IsDeniedAtOnceAndToldTheHolderAndWhenToRetry()
    {
        var sut = LockUnderTest.HeldByA();

        var denied = sut.After(12).Decide(B.Try()).Only<Outcome.Denied>();

        Assert.Equal(
            new Outcome.Denied(B.Id, B.Owner, DenyReasons.Busy, sut.Holder, TimeSpan.FromSeconds(18), B.ReplyTo), denied);
        Assert.Equal(A.Id, sut.Holder.AcquireId);
        Assert.Empty(sut.Queue);
    }

    [Fact]
    public void Try_OfALockWhoseLeaseHasEnded_IsGrantedThoughNoTimerFired()
    {
        var sut = LockUnderTest.HeldByA();

        var decision = sut.After(30).Decide(B.Try());

        Assert.Equal(["Expired", "Granted"], decision.Story());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Try_AnInstantBeforeTheLeaseEnds_IsDenied()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Now = LockUnderTest.Noon.AddSeconds(30).AddTicks(-1);

        Assert.Equal(TimeSpan.FromTicks(1), sut.Decide(B.Try()).Only<Outcome.Denied>().RetryAfter);
    }

    [Fact]
    public void Try_WhenTheClockWentBack_IsDeniedUntilTheStoredTime()
    {
        var sut = LockUnderTest.HeldByA();

        Assert.Equal(TimeSpan.FromSeconds(40), sut.After(-10).Decide(B.Try()).Only<Outcome.Denied>().RetryAfter);
    }

    [Fact]
    public void Try_WhileOthersWait_DoesNotBargeInWhenTheLeaseEnds()
    {
        var sut = LockUnderTest.HeldByA(B);

        var decision = sut.After(30).Decide(C.Try());

        Assert.Equal(["Expired", "Dequeued", "Granted", "Denied"], decision.Story());
        Assert.Equal(B.Id, decision.The<Outcome.Granted>().Grant.AcquireId);
        Assert.Equal(B.Id, decision.The<Outcome.Denied>().Holder!.AcquireId);
    }
}
