using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>An operator takes a waiter out of the queue.</summary>
public sealed class CancelWaiterTests
{
    [Fact]
    public void ThatWaiter_LeavesTheQueue_AndIsToldByWhomAndWhy()
    {
        var sut = LockUnderTest.HeldByA(B, C);

        var decision = sut.Decide(Cancel(B));

        Assert.Equal(["Dequeued", "WaiterCancelled", "Denied"], decision.Story());
        var denied = decision.The<Outcome.Denied>();
        Assert.Equal((B.Id, DenyReasons.Cancelled, "by 'operator': why not", B.ReplyTo), (denied.AcquireId, denied.Why, denied.Detail, denied.ReplyTo));
        Assert.Equal([C.Id], sut.State.Waiters.InOrder.Select(waiter => waiter.AcquireId));
        Assert.Equal(A.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void WithoutAReason_ItIsToldWhoDidIt() => Assert.Equal(
        "by 'operator'", LockUnderTest.HeldByA(B).Decide(Cancel(B) with { Reason = null }).The<Outcome.Denied>().Detail);

    [Fact]
    public void ACopyOfItsRequest_IsDeniedForTheSameReason()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(Cancel(B));

        Assert.Equal(DenyReasons.Cancelled, sut.Decide(B.Wait()).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void TakenOutToEndADeadlock_ItIsDeniedForThatReason_AndSoIsACopyOfItsRequest()
    {
        var sut = LockUnderTest.HeldByA(B);

        var denied = sut.Decide(Cancel(B) with { IsDeadlock = true }).The<Outcome.Denied>();

        Assert.Equal((DenyReasons.Deadlock, "by 'operator': why not"), (denied.Why, denied.Detail));
        Assert.Equal(DenyReasons.Deadlock, sut.Decide(B.Wait()).ChangesNothing().Only<Outcome.Denied>().Why);
        sut.Decide(Cancel(B) with { IsDeadlock = true }).ChangesNothing().Only<Outcome.WaiterCancelRepeated>();
    }

    [Fact]
    public void ARepeat_IsAnsweredTheSame()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(Cancel(B));

        sut.Decide(Cancel(B)).ChangesNothing().Only<Outcome.WaiterCancelRepeated>();
    }

    [Fact]
    public void AHolder_AndAnAttemptThatIsNotKnown_AreLeftAlone()
    {
        var sut = LockUnderTest.HeldByA();

        sut.Decide(Cancel(A)).ChangesNothing().Only<Outcome.WaiterNotFound>();
        sut.Decide(Cancel(D)).ChangesNothing().Only<Outcome.WaiterNotFound>();
    }

    private static LockRequest.CancelWaiter Cancel(Attempt attempt) => new(AttemptId.Of(attempt.Id), "operator", "why not", D.ReplyTo);
}
