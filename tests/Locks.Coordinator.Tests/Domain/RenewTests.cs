using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

public sealed class RenewTests
{
    [Fact]
    public void Renew_ExtendsTheLeaseFromNow()
    {
        var sut = LockUnderTest.HeldByA();
        var fence = sut.Holder.FencingToken;

        var decision = sut.After(20).Decide(A.Renew(lease: 25));

        Assert.Equal(new Outcome.Renewed(sut.Holder, TimeSpan.FromSeconds(25), A.ReplyTo), decision.Only<Outcome.Renewed>());
        Assert.Equal(LockUnderTest.Noon.AddSeconds(45), sut.Holder.ExpiresAt);
        Assert.Equal(fence, sut.Holder.FencingToken);
        Assert.True(decision.MovesDueTime);
    }

    [Fact]
    public void Renew_NeverShortensTheLease()
    {
        var sut = LockUnderTest.HeldByA();

        sut.After(1).Decide(A.Renew(lease: 5)).ChangesNothing().Only<Outcome.Renewed>();

        Assert.Equal(LockUnderTest.Noon.AddSeconds(30), sut.Holder.ExpiresAt);
    }

    [Fact]
    public void Renew_WhenTheClockWentBack_KeepsTheLaterEnd()
    {
        var sut = LockUnderTest.HeldByA();

        sut.After(-60).Decide(A.Renew(lease: 30)).ChangesNothing();
    }

    [Fact]
    public void Renew_AfterTheLeaseEnded_IsRefusedAsExpiredAndFreesTheLock()
    {
        var sut = LockUnderTest.HeldByA();

        var decision = sut.After(30).Decide(A.Renew());

        Assert.Equal(["Expired", "RenewalRefused"], decision.Story());
        Assert.Equal(new Outcome.RenewalRefused(LossReasons.Expired, A.ReplyTo), decision.The<Outcome.RenewalRefused>());
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void Renew_AfterTheLeaseEnded_LosesToTheNextWaiter()
    {
        var sut = LockUnderTest.HeldByA(B);

        var decision = sut.After(30).Decide(A.Renew());

        Assert.Equal(["Expired", "Dequeued", "Granted", "RenewalRefused"], decision.Story());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Renew_AnInstantBeforeTheLeaseEnds_Succeeds()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Now = LockUnderTest.Noon.AddSeconds(30).AddTicks(-1);

        sut.Decide(A.Renew()).Only<Outcome.Renewed>();
    }

    [Fact]
    public void Renew_WithAnothersToken_IsRefusedAndChangesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);

        Assert.Equal(
            new Outcome.RenewalRefused(LossReasons.Superseded, B.ReplyTo),
            sut.Decide(B.Renew()).ChangesNothing().Only<Outcome.RenewalRefused>());
    }

    [Fact]
    public void Renew_AfterARelease_IsRefusedAsNotHeld()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(A.Release());

        Assert.Equal(LossReasons.NotHeld, sut.Decide(A.Renew()).ChangesNothing().Only<Outcome.RenewalRefused>().Why);
    }

    [Fact]
    public void Renew_AfterTheNextWasGranted_IsRefusedAsSuperseded()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.After(30).Expire();

        Assert.Equal(LossReasons.Superseded, sut.Decide(A.Renew()).ChangesNothing().The<Outcome.RenewalRefused>().Why);
    }

    [Fact]
    public void Renew_OfALockThatWasNeverTaken_IsRefused() =>
        Assert.Equal(LossReasons.NotHeld, new LockUnderTest().Decide(A.Renew()).ChangesNothing().Only<Outcome.RenewalRefused>().Why);

    [Fact]
    public void Renew_WithADefaultToken_IsRefusedByAFreeLock() =>
        new LockUnderTest().Decide(new LockRequest.Renew(default, TimeSpan.FromSeconds(1), null))
            .ChangesNothing().Only<Outcome.RenewalRefused>();
}
