using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>G7: a waiter that died is never granted for longer than the confirmation window.</summary>
public sealed class ConfirmTests
{
    private static LockUnderTest GrantedToB(double lease = 30)
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Wait(lease: lease));
        sut.Decide(C.Wait());
        sut.After(5).Decide(A.Release());
        return sut;
    }

    [Fact]
    public void Grant_OutOfTheQueue_LastsForTheWindowUntilItIsConfirmed()
    {
        var sut = GrantedToB();

        Assert.Equal(LockStage.Offered, sut.Holder.Stage);
        Assert.Equal(sut.Now.AddSeconds(10), sut.Holder.ExpiresAt);
        Assert.Equal(TimeSpan.FromSeconds(10), sut.Holder.AnnouncedTtl);
        Assert.Equal(TimeSpan.FromSeconds(30), sut.Holder.Ttl);
    }

    [Fact]
    public void Grant_OutOfTheQueueWithAShorterLeaseThanTheWindow_LastsForTheLease()
    {
        var sut = GrantedToB(lease: 2);

        Assert.Equal(sut.Now.AddSeconds(2), sut.Holder.ExpiresAt);
        Assert.Equal(TimeSpan.FromSeconds(2), sut.Holder.AnnouncedTtl);
    }

    [Fact]
    public void Window_IsTheConfiguredOne()
    {
        var sut = new LockUnderTest(new LockRulesLimits { ConfirmationWindow = TimeSpan.FromSeconds(3) });
        sut.Decide(A.Try());
        sut.Decide(B.Wait());
        sut.Decide(A.Release());

        Assert.Equal(sut.Now.AddSeconds(3), sut.Holder.ExpiresAt);
    }

    [Fact]
    public void Confirm_StartsTheWholeLeaseFromNow()
    {
        var sut = GrantedToB();

        var decision = sut.After(4).Decide(B.Confirm(sut.Holder.FencingToken));

        Assert.Empty(decision.Outcomes);
        Assert.True(decision.MovesDueTime);
        Assert.Equal(LockStage.Held, sut.Holder.Stage);
        Assert.Equal(sut.Now.AddSeconds(30), sut.Holder.ExpiresAt);
        Assert.Equal(TimeSpan.FromSeconds(30), sut.Holder.AnnouncedTtl);
    }

    [Fact]
    public void Confirm_Repeated_DoesNothing()
    {
        var sut = GrantedToB();
        var confirm = B.Confirm(sut.Holder.FencingToken);
        sut.Decide(confirm);

        sut.After(5).Decide(confirm).DoesNothing();
    }

    [Fact]
    public void Confirm_OfAGrantThatWasGivenAtOnce_DoesNothing()
    {
        var sut = LockUnderTest.HeldByA();

        sut.After(5).Decide(A.Confirm(sut.Holder.FencingToken)).DoesNothing();
    }

    [Fact]
    public void Confirm_OfAnotherGrant_DoesNothing()
    {
        var sut = GrantedToB();

        sut.Decide(B.Confirm(sut.Holder.FencingToken - 1)).AnnouncesAgain();
        sut.Decide(B.Confirm(sut.Holder.FencingToken + 1)).AnnouncesAgain();
        sut.Decide(C.Confirm(sut.Holder.FencingToken)).AnnouncesAgain();
        Assert.Equal(LockStage.Offered, sut.Holder.Stage);
    }

    [Fact]
    public void Confirm_OfAFreeLock_DoesNothing() => new LockUnderTest().Decide(A.Confirm(0)).DoesNothing();

    [Fact]
    public void Grant_ThatIsNotConfirmed_GoesToTheNextWaiter()
    {
        var sut = GrantedToB();

        var decision = sut.After(10).Expire();

        Assert.Equal(["Expired", "Dequeued", "Granted", "Denied"], decision.Story());
        Assert.Equal(C.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Grant_ThatIsNotConfirmed_IsToldToBeOver_BecauseItsWordMayHaveBeenLost()
    {
        var sut = GrantedToB();

        var denied = sut.After(10).Expire().The<Outcome.Denied>();

        Assert.Equal((B.Id, DenyReasons.Ended, B.ReplyTo), (denied.AcquireId, denied.Why, denied.ReplyTo));
        Assert.Same(sut.Holder, denied.Holder);
    }

    [Fact]
    public void Grant_ThatIsRevokedUnconfirmed_IsToldToBeOver()
    {
        var sut = GrantedToB();

        Assert.Equal(B.Id, sut.Decide(D.Revoke()).The<Outcome.Denied>().AcquireId);
    }

    [Fact]
    public void Grant_ThatWasConfirmed_IsNotToldToBeOver()
    {
        var sut = GrantedToB();
        sut.Decide(B.Confirm(sut.Holder.FencingToken));

        Assert.Equal(["Expired", "Dequeued", "Granted"], sut.After(30).Expire().Story());
    }

    [Fact]
    public void Grant_WithoutASession_IsToldOnce()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Wait() with { ClientId = null });
        var release = A.Release();
        sut.Decide(release);

        sut.Decide(release).Only<Outcome.ReleaseRefused>();
        Assert.Equal(["Expired"], sut.After(10).Expire().Story());
    }

    [Fact]
    public void Grant_ThatIsNotConfirmedYet_IsToldAgain_ByACopyOfWhatBroughtItAbout()
    {
        Assert.All<LockRequest>([A.Release(), A.Cancel(), D.Revoke(), D.Try(), A.Renew(), new LockRequest.Expire(0)], request =>
        {
            var sut = LockUnderTest.HeldByA(B);
            if (request is LockRequest.Expire or LockRequest.Renew || request == D.Try())
                sut.After(30);
            if (request is LockRequest.Expire)
                request = new LockRequest.Expire(sut.Holder.LastFence);
            Assert.False(sut.Decide(request).The<Outcome.Granted>().Repeated);

            var granted = sut.Decide(request).ChangesNothing().The<Outcome.Granted>();
            Assert.Equal((sut.Holder, B.ReplyTo, true), (granted.Grant, granted.ReplyTo, granted.Repeated));

            sut.Decide(B.Confirm(sut.Holder.FencingToken));
            Assert.DoesNotContain(sut.Decide(request).Outcomes, outcome => outcome is Outcome.Granted);
        });
    }

    [Fact]
    public void Grant_ThatIsNotConfirmedYet_IsToldAgain_ByACopy_AlsoWhenAWaitIsOverMeanwhile()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(C.Wait(seconds: 1));
        var release = A.Release();
        sut.Decide(release);

        var decision = sut.After(1).Decide(release);

        Assert.Equal(["Dequeued", "Denied", "ReleaseRefused", "Granted"], decision.Story());
        var granted = decision.The<Outcome.Granted>();
        Assert.Equal((sut.Holder, B.ReplyTo, true), (granted.Grant, granted.ReplyTo, granted.Repeated));
    }

    [Fact]
    public void Confirm_AfterTheWindow_ComesTooLate()
    {
        var sut = GrantedToB();
        var late = B.Confirm(sut.Holder.FencingToken);

        Assert.Equal(["Expired", "Dequeued", "Granted", "Denied"], sut.After(10).Decide(late).Story());
        Assert.Equal(C.Id, sut.Holder.AcquireId);
        Assert.Equal(LockStage.Offered, sut.Holder.Stage);
    }

    [Fact]
    public void Renew_ConfirmsToo()
    {
        var sut = GrantedToB();

        sut.After(4).Decide(B.Renew(lease: 60)).Only<Outcome.Renewed>();

        Assert.Equal(LockStage.Held, sut.Holder.Stage);
        Assert.Equal(sut.Now.AddSeconds(60), sut.Holder.ExpiresAt);
    }

    [Fact]
    public void Renew_ForLessThanTheWindowThatIsLeft_ConfirmsAndKeepsTheEnd()
    {
        var sut = GrantedToB();
        var end = sut.Holder.ExpiresAt;

        sut.After(1).Decide(B.Renew(lease: 2));

        Assert.Equal(LockStage.Held, sut.Holder.Stage);
        Assert.Equal(end, sut.Holder.ExpiresAt);
    }

    // A repeat of the request is told the announced lease again. It counts from the grant, so it must not reach beyond the stored end.
    [Fact]
    public void AnnouncedTtl_AfterARenewalForLessThanTheLease_DoesNotReachBeyondTheEnd()
    {
        var sut = GrantedToB();
        sut.After(1).Decide(B.Renew(lease: 2));

        var repeat = sut.Decide(B.Wait()).Only<Outcome.Granted>().Grant;

        Assert.Equal(repeat.ExpiresAt, repeat.GrantedAt + repeat.AnnouncedTtl);
    }
}
