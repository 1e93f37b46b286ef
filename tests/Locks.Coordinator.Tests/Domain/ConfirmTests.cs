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
    public void Grant_OutOfTheLine_LastsForTheWindowUntilItIsConfirmed()
    {
        var sut = GrantedToB();

        Assert.False(sut.Holder.Confirmed);
        Assert.Equal(sut.Now.AddSeconds(10), sut.Holder.ExpiresAt);
        Assert.Equal(TimeSpan.FromSeconds(10), sut.Holder.AnnouncedLease);
        Assert.Equal(TimeSpan.FromSeconds(30), sut.Holder.Lease);
    }

    [Fact]
    public void Grant_OutOfTheLineWithAShorterLeaseThanTheWindow_LastsForTheLease()
    {
        var sut = GrantedToB(lease: 2);

        Assert.Equal(sut.Now.AddSeconds(2), sut.Holder.ExpiresAt);
        Assert.Equal(TimeSpan.FromSeconds(2), sut.Holder.AnnouncedLease);
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
        Assert.True(sut.Holder.Confirmed);
        Assert.Equal(sut.Now.AddSeconds(30), sut.Holder.ExpiresAt);
        Assert.Equal(TimeSpan.FromSeconds(30), sut.Holder.AnnouncedLease);
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

        sut.Decide(B.Confirm(sut.Holder.FencingToken - 1)).DoesNothing();
        sut.Decide(B.Confirm(sut.Holder.FencingToken + 1)).DoesNothing();
        sut.Decide(C.Confirm(sut.Holder.FencingToken)).DoesNothing();
        Assert.False(sut.Holder.Confirmed);
    }

    [Fact]
    public void Confirm_OfAFreeLock_DoesNothing() => new LockUnderTest().Decide(A.Confirm(0)).DoesNothing();

    [Fact]
    public void Grant_ThatNobodyConfirms_GoesToTheNextInLine()
    {
        var sut = GrantedToB();

        var decision = sut.After(10).Expire();

        Assert.Equal(["Expired", "Dequeued", "Granted"], decision.Story());
        Assert.Equal(C.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Confirm_AfterTheWindow_ComesTooLate()
    {
        var sut = GrantedToB();
        var late = B.Confirm(sut.Holder.FencingToken);

        Assert.Equal(["Expired", "Dequeued", "Granted"], sut.After(10).Decide(late).Story());
        Assert.Equal(C.Id, sut.Holder.AcquireId);
        Assert.False(sut.Holder.Confirmed);
    }

    [Fact]
    public void Renew_ConfirmsToo()
    {
        var sut = GrantedToB();

        sut.After(4).Decide(B.Renew(lease: 60)).Only<Outcome.Renewed>();

        Assert.True(sut.Holder.Confirmed);
        Assert.Equal(sut.Now.AddSeconds(60), sut.Holder.ExpiresAt);
    }

    [Fact]
    public void Renew_ForLessThanTheWindowThatIsLeft_ConfirmsAndKeepsTheEnd()
    {
        var sut = GrantedToB();
        var end = sut.Holder.ExpiresAt;

        sut.After(1).Decide(B.Renew(lease: 2));

        Assert.True(sut.Holder.Confirmed);
        Assert.Equal(end, sut.Holder.ExpiresAt);
    }

    // A repeat of the request is told the announced lease again. It counts from the grant, so it must not reach beyond the stored end.
    [Fact]
    public void AnnouncedLease_AfterARenewalForLessThanTheLease_DoesNotReachBeyondTheEnd()
    {
        var sut = GrantedToB();
        sut.After(1).Decide(B.Renew(lease: 2));

        var repeat = sut.Decide(B.Wait()).Only<Outcome.Granted>().Grant;

        Assert.Equal(repeat.ExpiresAt, repeat.GrantedAt + repeat.AnnouncedLease);
    }
}
