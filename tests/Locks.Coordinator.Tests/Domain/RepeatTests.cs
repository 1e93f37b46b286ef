using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>G6: any message may arrive twice, late, or out of order.</summary>
public sealed class RepeatTests
{
    private static readonly ReplyTo Elsewhere = new(new Uri("loopback://localhost/elsewhere"), LockKey.ToId("elsewhere"));

    [Fact]
    public void Acquire_RepeatedByTheHolder_GetsTheSameGrant()
    {
        var sut = LockUnderTest.HeldByA();

        // The coordinator mints a token for every copy of the request, but only the first one's counts.
        var granted = sut.After(5).Decide(A.Try() with { NewToken = new OwnerToken("another"), ReplyTo = Elsewhere })
            .ChangesNothing().Only<Outcome.Granted>();

        Assert.True(granted.Repeated);
        Assert.Null(granted.Waited);
        Assert.Same(sut.Holder, granted.Grant);
        Assert.Equal(A.Token, granted.Grant.Token);
        Assert.Equal(Elsewhere, granted.ReplyTo);
    }

    [Fact]
    public void Acquire_RepeatedAfterTheGrantOutOfTheQueue_GetsTheSameGrantAndDoesNotConfirmIt()
    {
        var sut = LockUnderTest.HeldByA(B);
        var first = sut.Decide(A.Release()).The<Outcome.Granted>();

        var repeat = sut.After(1).Decide(B.Wait()).ChangesNothing().Only<Outcome.Granted>();

        Assert.Equal(first.Grant, repeat.Grant);
        Assert.Equal(LockStage.Offered, sut.Holder.Stage);
    }

    [Fact]
    public void Acquire_RepeatedByAWaiter_KeepsItsTicketItsTokenAndItsDeadline()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        var waiter = sut.State.Waiters.Find(B.Id);

        sut.After(5).Decide(B.Wait() with { NewToken = new OwnerToken("another") }).DoesNothing();

        Assert.Equal([B.Id, C.Id], sut.Queue);
        Assert.Equal(waiter, sut.State.Waiters.Find(B.Id));
    }

    [Fact]
    public void Acquire_RepeatedByAWaiterThatAsksForUpdates_IsToldItsRankAgain()
    {
        var sut = LockUnderTest.HeldByA(B, C);

        Assert.Equal(
            new Outcome.RankReported(C.Id, 2, sut.Holder, TimeSpan.FromSeconds(30), C.ReplyTo),
            sut.Decide(C.Wait() with { NotifyQueued = true }).ChangesNothing().Only<Outcome.RankReported>());
    }

    [Fact]
    public void Acquire_RepeatedFromAnotherAddress_RedirectsTheGrant()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        var waiter = sut.State.Waiters.Find(B.Id)!;

        var enqueued = sut.After(5).Decide(B.Wait() with { ReplyTo = Elsewhere }).Only<Outcome.Enqueued>();

        Assert.Equal(waiter with { ReplyTo = Elsewhere }, enqueued.Waiter);
        Assert.Equal([B.Id, C.Id], sut.Queue);
        var decision = sut.Decide(A.Release());
        Assert.Equal(Elsewhere, decision.The<Outcome.Granted>().ReplyTo);
        Assert.Equal(B.Id, decision.The<Outcome.Granted>().Grant.AcquireId);
        Assert.Equal([C.Id], sut.Queue);
    }

    [Fact]
    public void Acquire_RepeatedFromAnotherAddress_RedirectsTheTimeout()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Wait(seconds: 10));
        sut.Decide(B.Wait(seconds: 10) with { ReplyTo = Elsewhere });

        Assert.Equal(Elsewhere, sut.After(10).Expire().The<Outcome.Denied>().ReplyTo);
    }

    [Fact]
    public void Try_RepeatedAfterBusy_IsBusyAgainThoughTheLockIsFree()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Try());
        sut.Decide(A.Release());

        Assert.Equal(
            new Outcome.Denied(B.Id, B.Owner, DenyReasons.Busy, Holder: null, RetryAfter: null, B.ReplyTo),
            sut.Decide(B.Try()).ChangesNothing().Only<Outcome.Denied>());
    }

    [Fact]
    public void Acquire_RepeatedAfterQueueFull_IsQueueFullAgainThoughThereIsRoom()
    {
        var sut = new LockUnderTest(new LockRulesLimits { MaxWaiters = 1 });
        sut.Decide(A.Try());
        sut.Decide(B.Wait());
        sut.Decide(C.Wait());
        sut.Decide(B.Cancel());

        Assert.Equal(DenyReasons.QueueFull, sut.Decide(C.Wait()).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void Acquire_RepeatedAfterItsWaitTimedOut_IsToldSoAgain()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Wait(seconds: 10));
        sut.After(10).Expire();

        Assert.Equal(DenyReasons.WaitTimedOut, sut.Decide(B.Wait(seconds: 10)).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void Acquire_AfterItsOwnRelease_GrantsNothing()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(A.Release());

        Assert.Equal(
            new Outcome.Denied(A.Id, A.Owner, DenyReasons.Ended, Holder: null, RetryAfter: null, A.ReplyTo),
            sut.Decide(A.Try()).ChangesNothing().Only<Outcome.Denied>());
    }

    [Fact]
    public void Acquire_AfterItsOwnExpiry_GrantsNothing()
    {
        var sut = LockUnderTest.HeldByA();

        Assert.Equal(["Expired", "Denied"], sut.After(30).Decide(A.Try()).Story());
        Assert.Equal(DenyReasons.Ended, sut.Decide(A.Try()).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void Acquire_AfterItsGrantWasNotConfirmed_GrantsNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());
        sut.After(10).Expire();

        Assert.Equal(DenyReasons.Ended, sut.Decide(B.Wait()).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void Acquire_AfterItsOwnCancel_GrantsNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(B.Cancel());
        sut.Decide(A.Cancel());

        Assert.Equal(DenyReasons.Ended, sut.Decide(A.Try()).ChangesNothing().Only<Outcome.Denied>().Why);
        Assert.Equal(DenyReasons.Ended, sut.Decide(B.Wait()).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void Acquire_ThatItsCancelOvertook_GrantsNothing()
    {
        var sut = new LockUnderTest();
        sut.Decide(A.Cancel());

        Assert.Equal(DenyReasons.Ended, sut.Decide(A.Wait()).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void Acquire_ThatIsOver_IsToldWhoHoldsTheLockNow()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());

        var denied = sut.Decide(A.Try()).The<Outcome.Denied>();

        Assert.Same(sut.Holder, denied.Holder);
        Assert.Equal(TimeSpan.FromSeconds(10), denied.RetryAfter);
    }
}
