using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

public sealed class QueueLimitTests
{
    [Fact]
    public void Wait_InAFullQueue_IsToldQueueFullAndTheHolder()
    {
        var sut = new LockUnderTest(new LockRulesLimits { MaxWaiters = 2 });
        sut.Decide(A.Try());
        sut.Decide(B.Wait()).Only<Outcome.Enqueued>();
        sut.Decide(C.Wait()).Only<Outcome.Enqueued>();

        Assert.Equal(
            new Outcome.Denied(D.Id, D.Owner, DenyReasons.QueueFull, sut.Holder, TimeSpan.FromSeconds(30), D.ReplyTo),
            sut.Decide(D.Wait()).Only<Outcome.Denied>());
        Assert.Equal([B.Id, C.Id], sut.Queue);
    }

    [Fact]
    public void Wait_AfterATicketBecameFree_IsQueued()
    {
        var sut = new LockUnderTest(new LockRulesLimits { MaxWaiters = 1 });
        sut.Decide(A.Try());
        sut.Decide(B.Wait());
        sut.Decide(B.Cancel());

        sut.Decide(C.Wait()).Only<Outcome.Enqueued>();
    }

    [Fact]
    public void Wait_InAQueueFullOfWaitersWhoseDeadlineHasPassed_IsQueued()
    {
        var sut = new LockUnderTest(new LockRulesLimits { MaxWaiters = 1 });
        sut.Decide(A.Try());
        sut.Decide(B.Wait(seconds: 5));

        Assert.Equal(["Dequeued", "Denied", "Enqueued"], sut.After(5).Decide(C.Wait()).Story());
    }

    [Fact]
    public void Repeat_InAFullQueue_KeepsItsTicket()
    {
        var sut = new LockUnderTest(new LockRulesLimits { MaxWaiters = 1 });
        sut.Decide(A.Try());
        sut.Decide(B.Wait());

        sut.Decide(B.Wait()).DoesNothing();
    }

    [Fact]
    public void Try_WithAFullQueue_IsBusy()
    {
        var sut = new LockUnderTest(new LockRulesLimits { MaxWaiters = 1 });
        sut.Decide(A.Try());
        sut.Decide(B.Wait());

        Assert.Equal(DenyReasons.Busy, sut.Decide(C.Try()).Only<Outcome.Denied>().Why);
    }
}
