using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Xunit;

namespace Locks.Coordinator.Tests.Domain.Leases;

/// <summary>One shared lease, driven by hand through the rules, at a time that the test chooses.</summary>
internal sealed class LeaseUnderTest
{
    public static readonly DateTimeOffset Noon = LockUnderTest.Noon;
    public static readonly ReplyTo Owner = Attempt.A.ReplyTo;
    public static readonly ReplyTo Operator = Attempt.B.ReplyTo;

    public LeaseState State { get; private set; } = LeaseState.NeverGranted(LockKey.ToId("lease"));

    public DateTimeOffset Now { get; set; } = Noon;

    public LeaseGrant Terms => Assert.IsType<LeaseGrant>(State.Grant);

    public LeaseUnderTest After(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public LeaseDecision Decide(LeaseRequest request)
    {
        var decision = LeaseRules.Decide(State, request, Now);
        Assert.Same(State, decision.Before);
        State = decision.After;
        return decision;
    }

    public static LeaseRequest.Grant Grant(double ttl = 30, string? session = "client a") =>
        new(TimeSpan.FromSeconds(ttl), "owner a", session, Owner);

    public static LeaseRequest.Renew Renew(double ttl = 30) => new(TimeSpan.FromSeconds(ttl), Owner);

    public static LeaseRequest.Revoke Revoke(ReplyTo? by) => new("who revokes", by);

    /// <summary>A lease of 30 s in one of its stages. It ended by a revocation by another sender, a second after it was granted.</summary>
    public static LeaseUnderTest In(LeaseStage stage)
    {
        var sut = new LeaseUnderTest();
        if (stage != LeaseStage.Unknown)
            sut.Decide(Grant());
        if (stage is LeaseStage.Ending or LeaseStage.Ended)
            sut.After(1).Decide(Revoke(Operator));
        if (stage == LeaseStage.Ended)
            sut.Decide(new LeaseRequest.ConfirmReleased());
        Assert.Equal(stage, sut.State.Stage);
        return sut;
    }
}

/// <summary>What tests look for in a decision.</summary>
internal static class LeaseDecisionAssertions
{
    public static T The<T>(this LeaseDecision decision)
        where T : LeaseOutcome => Assert.Single(decision.Outcomes.OfType<T>());

    public static T Only<T>(this LeaseDecision decision)
        where T : LeaseOutcome => Assert.IsType<T>(Assert.Single(decision.Outcomes));

    public static LeaseDecision ChangesNothing(this LeaseDecision decision)
    {
        Assert.Same(decision.Before, decision.After);
        Assert.False(decision.ChangesLease);
        return decision;
    }

    public static void DoesNothing(this LeaseDecision decision) => Assert.Empty(decision.ChangesNothing().Outcomes);

    /// <summary>The kinds of the outcomes, in order.</summary>
    public static IEnumerable<string> Story(this LeaseDecision decision) => decision.Outcomes.Select(outcome => outcome.GetType().Name);
}
