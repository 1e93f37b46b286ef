using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>G7: whose session is silent when its turn comes is passed over, and however many those are, they cost one decision.</summary>
public sealed class SilentSessionTests
{
    [Fact]
    public void AWaiterOfASilentSession_IsPassedOver_AndToldToAttemptAnew()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        sut.Silent.Add("client b");

        var decision = sut.Decide(A.Release());

        Assert.Equal(["Released", "Dequeued", "PassedOver", "Dequeued", "Granted"], decision.Story());
        Assert.Equal(B.Id, decision.The<Outcome.PassedOver>().Waiter.AcquireId);
        Assert.Equal(C.Id, sut.Holder.AcquireId);
        Assert.Equal(0, sut.State.Waiters.Count);
    }

    [Fact]
    public void AThousandDeadWaitersInFrontOfALiveOne_CostOneDecision()
    {
        Attempt[] dead = [.. Enumerable.Range(0, 1_000).Select(i => new Attempt($"dead {i}"))];
        var sut = LockUnderTest.HeldByA();
        foreach (var waiter in dead)
            sut.Decide(waiter.Wait() with { ClientId = "the dead", MayJoinCohort = true });
        sut.Decide(B.Wait());
        sut.Silent.Add("the dead");

        var decision = sut.Decide(A.Release());

        Assert.Equal(dead.Select(waiter => waiter.Id), decision.Outcomes.OfType<Outcome.PassedOver>().Select(passedOver => passedOver.Waiter.AcquireId));
        Assert.Equal(B.Id, decision.The<Outcome.Granted>().Grant.AcquireId);
        Assert.Equal(0, sut.State.Waiters.Count);
        // They are stored with the lock: no more of them than of others.
        Assert.Equal(new LockRulesLimits().AttemptsRemembered, sut.State.Ended.Items.Count(ended => ended.Ending == Ending.Silent));
    }

    [Fact]
    public void WhenAllAreSilent_TheLockIsFree()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        sut.Silent.UnionWith(["client b", "client c"]);

        sut.Decide(A.Release());

        Assert.Null(sut.State.Holder);
        Assert.Equal(0, sut.State.Waiters.Count);
        Assert.Null(sut.State.DueAt);
    }

    [Fact]
    public void WhoStandsBehindALiveOne_StaysInTheQueue()
    {
        var sut = LockUnderTest.HeldByA(B, C, D);
        sut.Silent.Add("client c");

        Assert.Equal(B.Id, sut.Decide(A.Release()).The<Outcome.Granted>().Grant.AcquireId);
        Assert.Equal([C.Id, D.Id], sut.Queue);

        Assert.Equal(D.Id, sut.Decide(B.Release()).The<Outcome.Granted>().Grant.AcquireId);
    }

    [Fact]
    public void AWaiterThatWasPassedOver_AndResends_IsToldThatItsAttemptIsOver()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        sut.Silent.Add("client b");
        sut.Decide(A.Release());

        Assert.Equal(DenyReasons.Ended, sut.Decide(B.Wait()).ChangesNothing().The<Outcome.Denied>().Why);
    }

    [Fact]
    public void ASilentSession_KeepsWhatItHolds_AndIsGrantedAtOnceWhatIsFree()
    {
        var sut = new LockUnderTest();
        sut.Silent.Add("client a");

        Assert.Equal(A.Id, sut.Decide(A.Try()).The<Outcome.Granted>().Grant.AcquireId);
        sut.Decide(B.Wait());
        Assert.Equal(A.Id, sut.Holder.AcquireId);
    }
}
