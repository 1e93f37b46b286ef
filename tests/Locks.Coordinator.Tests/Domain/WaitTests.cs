using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>G4: waiters are granted in the order in which they came.</summary>
public sealed class WaitTests
{
    [Fact]
    public void Wait_ForAFreeLock_IsGrantedAtOnceAndNeedsNoConfirmation()
    {
        var sut = new LockUnderTest();

        sut.Decide(A.Wait()).Only<Outcome.Granted>();

        Assert.Equal(LockStage.Held, sut.Holder.Stage);
        Assert.Equal(LockUnderTest.Noon.AddSeconds(30), sut.Holder.ExpiresAt);
    }

    [Fact]
    public void Wait_ForAHeldLock_IsQueuedAndIsNotAnswered()
    {
        var sut = LockUnderTest.HeldByA();

        var enqueued = sut.After(1).Decide(B.Wait(seconds: 60)).Only<Outcome.Enqueued>();

        Assert.Equal(
            new Waiter(1, B.Id, "owner b", B.Token, TimeSpan.FromSeconds(30), sut.Now, sut.Now.AddSeconds(60), "client b", B.ReplyTo),
            enqueued.Waiter);
        Assert.Equal([B.Id], sut.Queue);
        Assert.Equal(1, sut.State.LastTicket);
    }

    [Fact]
    public void Wait_ThatAsksForUpdates_IsToldItsRank_AndWhomItWaitsFor()
    {
        var sut = LockUnderTest.HeldByA(B, C);

        var decision = sut.After(seconds: 10).Decide(D.Wait() with { NotifyQueued = true });

        Assert.Equal(["Enqueued", "RankReported"], decision.Story());
        Assert.Equal(new Outcome.RankReported(D.Id, 3, sut.Holder, TimeSpan.FromSeconds(20), D.ReplyTo), decision.The<Outcome.RankReported>());
    }

    [Fact]
    public void Waiters_AreGrantedInTheOrderTheyCame_OnRelease()
    {
        var sut = LockUnderTest.HeldByA(B, C, D);

        Assert.Equal(B.Id, Grant(sut.Decide(A.Release())));
        Assert.Equal(C.Id, Grant(sut.Decide(B.Release())));
        Assert.Equal(D.Id, Grant(sut.Decide(C.Release())));
        sut.Decide(D.Release()).Only<Outcome.Released>();
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void Waiter_WithAShorterWait_DoesNotOvertake()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Wait(seconds: 60));
        sut.Decide(C.Wait(seconds: 10));

        Assert.Equal(B.Id, Grant(sut.Decide(A.Release())));
    }

    [Fact]
    public void Waiters_AreGrantedInTheOrderTheyCame_OnExpiry()
    {
        var sut = LockUnderTest.HeldByA(B, C);

        var decision = sut.After(30).Expire();
        Assert.Equal(["Expired", "Dequeued", "Granted"], decision.Story());
        Assert.Equal(B.Id, Grant(decision));
        Assert.Equal(C.Id, Grant(sut.After(10).Expire()));
    }

    [Fact]
    public void Waiters_AreGrantedInTheOrderTheyCame_OnCancelOfTheHolder()
    {
        var sut = LockUnderTest.HeldByA(B, C);

        Assert.Equal(B.Id, Grant(sut.Decide(A.Cancel())));
    }

    [Fact]
    public void Grant_OutOfTheQueue_GoesToTheWaitersAddressAndNamesTheWaiter()
    {
        var sut = LockUnderTest.HeldByA(B);
        var waiter = sut.State.Waiters.Head;

        var decision = sut.After(5).Decide(A.Release());

        Assert.Equal(["Released", "Dequeued", "Granted"], decision.Story());
        Assert.Equal(waiter, decision.The<Outcome.Dequeued>().Waiter);
        var granted = decision.The<Outcome.Granted>();
        Assert.Equal(waiter, granted.Waited);
        Assert.Equal(B.ReplyTo, granted.ReplyTo);
        Assert.False(granted.Repeated);
        Assert.Equal((B.Token, "owner b", "client b"), (granted.Grant.Token, granted.Grant.Owner, granted.Grant.ClientId));
        Assert.Equal(sut.Now, granted.Grant.GrantedAt);
    }

    [Fact]
    public void Waiter_WhoseHeadWasCancelled_MovesUp()
    {
        var sut = LockUnderTest.HeldByA(B, C);

        sut.Decide(B.Cancel());

        Assert.Equal(C.Id, Grant(sut.Decide(A.Release())));
    }

    [Fact]
    public void Waiters_WhoseDeadlineHasPassed_ArePassedOverAndDenied()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Wait(seconds: 20));
        sut.Decide(C.Wait(seconds: 10));
        sut.Decide(D.Wait(seconds: 60));

        var decision = sut.After(25).Decide(A.Release());

        Assert.Equal(["Dequeued", "Denied", "Dequeued", "Denied", "Released", "Dequeued", "Granted"], decision.Story());
        Assert.Equal([C.Id, B.Id], decision.Outcomes.OfType<Outcome.Denied>().Select(denied => denied.AcquireId));
        Assert.All(decision.Outcomes.OfType<Outcome.Denied>(), denied => Assert.Equal(DenyReasons.WaitTimedOut, denied.Why));
        Assert.Equal([C.ReplyTo, B.ReplyTo], decision.Outcomes.OfType<Outcome.Denied>().Select(denied => denied.ReplyTo));
        Assert.Equal(D.Id, Grant(decision));
    }

    [Fact]
    public void Waiter_WhoseWaitEndsWithTheLease_IsNotGranted()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Wait(seconds: 30));

        var decision = sut.After(30).Expire();

        Assert.Equal(["Dequeued", "Denied", "Expired"], decision.Story());
        Assert.Equal(TimeSpan.Zero, decision.The<Outcome.Denied>().RetryAfter);
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void Denial_OfAWaiterLongAfterTheLeaseEnded_NeverSaysANegativeTime()
    {
        var sut = LockUnderTest.HeldByA(B);

        Assert.Equal(TimeSpan.Zero, sut.After(600).Decide(C.Try()).The<Outcome.Denied>().RetryAfter);
    }

    [Fact]
    public void Tickets_AreNotUsedAgainAfterTheQueueWasEmpty()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        sut.Decide(B.Cancel());
        sut.Decide(C.Cancel());

        Assert.Equal(3, sut.Decide(D.Wait()).The<Outcome.Enqueued>().Waiter.Ticket);
    }

    private static Guid Grant(Decision decision) => decision.The<Outcome.Granted>().Grant.AcquireId;
}
