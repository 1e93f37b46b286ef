using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

public sealed class CancelTests
{
    [Fact]
    public void Cancel_OfAWaiter_TakesItOutOfTheQueue()
    {
        var sut = LockUnderTest.HeldByA(B, C, D);
        var waiter = sut.State.Waiters.Find(C.Id);

        Assert.Equal(waiter, sut.Decide(C.Cancel()).Only<Outcome.Dequeued>().Waiter);
        Assert.Equal([B.Id, D.Id], sut.Queue);
    }

    [Fact]
    public void Cancel_ThatAsksForTheHolder_IsToldOfTheOneOfNow()
    {
        var sut = LockUnderTest.HeldByA(B, C);

        var answer = sut.After(12).Decide(B.Cancel() with { ReplyTo = B.ReplyTo }).The<Outcome.CancelAnswered>();

        Assert.Equal(new Outcome.CancelAnswered(B.Id, sut.Holder, TimeSpan.FromSeconds(18), B.ReplyTo), answer);
    }

    [Fact]
    public void Cancel_ThatAsksForTheHolder_WhenTheLockIsFree_IsToldOfNone()
    {
        var sut = LockUnderTest.HeldByA();

        var answer = sut.Decide(A.Cancel() with { ReplyTo = A.ReplyTo }).The<Outcome.CancelAnswered>();

        Assert.Equal(new Outcome.CancelAnswered(A.Id, Holder: null, RetryAfter: null, A.ReplyTo), answer);
    }

    [Fact]
    public void Cancel_OfTheHolder_ReleasesTheLock()
    {
        var sut = LockUnderTest.HeldByA();
        var held = sut.Holder;

        Assert.Equal(new Outcome.Released(held, ReplyTo: null), sut.Decide(A.Cancel()).Only<Outcome.Released>());
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void Cancel_OfAnUnknownAttempt_IsRemembered()
    {
        var sut = new LockUnderTest();

        var decision = sut.Decide(A.Cancel());

        Assert.Empty(decision.Outcomes);
        Assert.True(decision.ChangesLock);
        Assert.Equal(new EndedAttempt(A.Id, Ending.Cancelled, LockUnderTest.Noon), sut.State.Ended.Find(A.Id));
    }

    [Fact]
    public void Cancel_Repeated_ChangesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(B.Cancel());
        sut.Decide(B.Cancel()).DoesNothing();

        sut.Decide(A.Cancel());
        sut.Decide(A.Cancel()).DoesNothing();

        sut.Decide(C.Cancel());
        sut.Decide(C.Cancel()).DoesNothing();
    }

    [Fact]
    public void Cancel_AfterTheOwnRelease_DoesNotTouchTheNextHolder()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());

        sut.Decide(A.Cancel()).AnnouncesAgain();
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Cancel_OfADeniedAttempt_OutlivesAStormOfDenials()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(B.Try());
        sut.Decide(B.Cancel());
        for (var i = 0; i < 100; i++)
            sut.Decide(new Attempt($"storm {i}").Try());

        Assert.Equal(DenyReasons.Ended, sut.Decide(B.Try()).Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void Cancel_OfTheNextWaiterAfterTheLeaseEnded_GrantsItNothing()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        var fence = sut.State.LastFence;

        var decision = sut.After(30).Decide(B.Cancel());

        Assert.Equal(["Dequeued", "Expired", "Dequeued", "Granted"], decision.Story());
        Assert.Equal(C.Id, decision.The<Outcome.Granted>().Grant.AcquireId);
        Assert.True(sut.State.LastFence > fence);
    }

    [Fact]
    public void Cancel_OfTheHolderAfterItsLeaseEnded_IsAnExpiry()
    {
        var sut = LockUnderTest.HeldByA(B);

        Assert.Equal(["Expired", "Dequeued", "Granted"], sut.After(30).Decide(A.Cancel()).Story());
        Assert.Equal(Ending.Held, sut.State.Ended.Find(A.Id)!.Ending);
    }
}
