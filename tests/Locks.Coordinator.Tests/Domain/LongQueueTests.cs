using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>Ten thousand waiters for one key. How fast is a question for the benchmarks; here it is whether they are all served.</summary>
public sealed class LongQueueTests
{
    private const int Many = 10_000;

    private static readonly Attempt[] Crowd = [.. Enumerable.Range(0, Many).Select(i => new Attempt($"waiter {i}"))];

    [Fact]
    public void LongQueue_IsDrainedInTheOrderInWhichItFormed()
    {
        var sut = LockUnderTest.HeldByA(Crowd);
        Assert.Equal(Many, sut.State.Waiters.Count);

        var holder = Attempt.A;
        foreach (var next in Crowd)
        {
            Assert.Equal(next.Id, sut.Decide(holder.Release()).The<Outcome.Granted>().Grant.AcquireId);
            holder = next;
        }

        sut.Decide(holder.Release()).Only<Outcome.Released>();
        Assert.Null(sut.State.Holder);
        Assert.Equal(0, sut.State.Waiters.Count);
    }

    [Fact]
    public void LongQueue_WhoseDeadlinesHavePassed_IsPassedOverInOneDecision()
    {
        var sut = LockUnderTest.HeldByA();
        foreach (var waiter in Crowd)
            sut.Decide(waiter.Wait(seconds: 10));
        sut.Decide(Attempt.B.Wait(seconds: 60));

        var decision = sut.After(30).Expire();

        Assert.Equal(Crowd.Select(waiter => waiter.Id), decision.Outcomes.OfType<Outcome.Denied>().Select(denied => denied.AcquireId));
        Assert.All(decision.Outcomes.OfType<Outcome.Denied>(), denied => Assert.Equal(DenyReasons.WaitTimedOut, denied.Why));
        Assert.Equal(Attempt.B.Id, decision.The<Outcome.Granted>().Grant.AcquireId);
        Assert.Equal(0, sut.State.Waiters.Count);
    }

    [Fact]
    public void LongQueue_IsLeftFromAnywhere()
    {
        var sut = LockUnderTest.HeldByA(Crowd);
        for (var i = 0; i < Many; i += 2)
            sut.Decide(Crowd[i].Cancel());

        Assert.Equal(Crowd.Where((_, i) => i % 2 == 1).Select(waiter => waiter.Id), sut.Queue);
        Assert.Equal(Many / 4, sut.State.Waiters.RankOf(sut.State.Waiters.Find(Crowd[(Many / 2) - 1].Id)!));
    }

    [Fact]
    public void LongQueue_LosesItsLastWaiter_ToAnOperator()
    {
        var sut = LockUnderTest.HeldByA(Crowd);

        var decision = sut.Decide(new LockRequest.CancelWaiter(AttemptId.Of(Crowd[^1].Id), "operator", "why not", Attempt.B.ReplyTo));

        Assert.Equal(Crowd[^1].Id, decision.The<Outcome.WaiterCancelled>().Waiter.AcquireId);
        Assert.Equal(Many - 1, sut.State.Waiters.Count);
    }
}
