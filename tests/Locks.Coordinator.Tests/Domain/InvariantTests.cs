using System.Collections.Immutable;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>A state that the rules exclude is refused.</summary>
public sealed class InvariantTests
{
    private readonly LockState _sound = LockUnderTest.HeldByA(B, C).State;

    [Fact]
    public void SoundStates_Pass()
    {
        _sound.CheckInvariants();
        LockState.NeverTaken("orders/42").CheckInvariants();
    }

    [Fact]
    public void FreeLockWithWaiters_IsRefused() => AssertRefused(_sound with { Holder = null }, "the lock is free and 2 wait for it");

    [Fact]
    public void HolderWithoutTheLastFence_IsRefused() =>
        AssertRefused(_sound with { LastFence = _sound.LastFence + 1 }, "the holder's fencing token is");

    [Fact]
    public void HolderThatWaits_IsRefused() =>
        AssertRefused(_sound with { Holder = _sound.Holder! with { AcquireId = C.Id } }, "holds the lock and waits for it");

    [Fact]
    public void HolderThatIsOver_IsRefused() =>
        AssertRefused(
            _sound with { Ended = new EndedAttempts([new EndedAttempt(A.Id, Ending.Held, LockUnderTest.Noon)]) },
            "holds the lock and is over");

    [Fact]
    public void CohortMemberThatWaitsOrIsOver_OrWithoutTheLastFence_IsRefused()
    {
        AssertRefused(WithCohortMember(C.Id, _sound.LastFence + 1), "holds the lock and waits for it");
        AssertRefused(WithCohortMember(D.Id, _sound.LastFence + 2), "the holder's fencing token is");
        AssertRefused(
            WithCohortMember(D.Id, _sound.LastFence + 1) with { Ended = new EndedAttempts([new EndedAttempt(D.Id, Ending.Held, LockUnderTest.Noon)]) },
            "holds the lock and is over");

        LockState WithCohortMember(Guid attempt, long fence) => _sound with
        {
            LastFence = _sound.LastFence + 1,
            Holder = _sound.Holder! with { Cohort = new Cohort([new CohortMember(attempt, fence)]) },
        };
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void WaiterWithATicketThatWasNeverDrawn_IsRefused(long lastTicket) =>
        AssertRefused(_sound with { LastTicket = lastTicket }, $"the last drawn is {lastTicket}");

    [Fact]
    public void Decide_OnABrokenState_Throws() =>
        Assert.Throws<LockInvariantException>(
            () => new LockRules().Decide(_sound with { Holder = null }, new LockRequest.Expire(1), LockUnderTest.Noon));

    [Fact]
    public void Queue_WithATicketOutOfOrder_IsRefused()
    {
        var last = _sound.Waiters.Find(C.Id)!;

        Assert.Throws<LockInvariantException>(() => _sound.Waiters.Add(last with { AcquireId = D.Id }));
        Assert.Throws<LockInvariantException>(() => _sound.Waiters.Add(last with { AcquireId = D.Id, Ticket = last.Ticket - 1 }));
    }

    [Fact]
    public void Queue_InWhichAWaiterIsReplacedByAnother_IsRefused()
    {
        var waiter = _sound.Waiters.Head!;

        Assert.Throws<LockInvariantException>(() => _sound.Waiters.Replace(waiter, waiter with { AcquireId = D.Id }));
        Assert.Throws<LockInvariantException>(() => _sound.Waiters.Replace(waiter, waiter with { Ticket = 7 }));
        Assert.Throws<LockInvariantException>(() => _sound.Waiters.Replace(waiter, waiter with { Deadline = LockUnderTest.Noon }));
    }

    [Fact]
    public void Queue_OfStoredWaiters_IsTheQueueThatWasStored()
    {
        var stored = _sound.Waiters.InOrder.Reverse().ToImmutableArray();

        var queue = WaitQueue.Of(stored);

        Assert.Equal(_sound.Waiters.InOrder, queue.InOrder);
        Assert.Equal(_sound.Waiters.Head, queue.Head);
        Assert.Equal(_sound.Waiters.Soonest, queue.Soonest);
        Assert.Equal(_sound.Waiters.Find(C.Id), queue.Find(C.Id));
        Assert.Equal(2, queue.RankOf(queue.Find(C.Id)!));
        Assert.Same(WaitQueue.Empty, WaitQueue.Of([]));
    }

    [Fact]
    public void Queue_OfStoredWaitersWithTheSameTicketOrAttempt_IsRefused()
    {
        var waiter = _sound.Waiters.Head!;

        Assert.Contains("two waiters have ticket 1", Refusal(waiter with { AcquireId = D.Id }), StringComparison.Ordinal);
        Assert.Contains($"attempt {AttemptId.Of(waiter.AcquireId)} waits twice", Refusal(waiter with { Ticket = 7 }), StringComparison.Ordinal);

        string Refusal(Waiter second) => Assert.Throws<LockInvariantException>(() => WaitQueue.Of([waiter, second])).Message;
    }

    private static void AssertRefused(LockState state, string why) =>
        Assert.Contains(why, Assert.Throws<LockInvariantException>(state.CheckInvariants).Message, StringComparison.Ordinal);
}
