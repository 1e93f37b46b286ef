using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Xunit;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>One lock, driven by hand through the rules, at a time that the test chooses.</summary>
internal sealed class LockUnderTest(LockRulesLimits? limits = null)
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan MonotonicNow = TimeSpan.FromDays(1);

    private readonly LockRules _rules = new(limits);
    private readonly Dictionary<string, SessionHeard> _heard = [];

    public LockState State { get; set; } = LockState.NeverTaken("orders/42");

    public DateTimeOffset Now { get; set; } = Noon;

    /// <summary>The sessions of which nothing was heard for long.</summary>
    public HashSet<string?> Silent { get; } = [];

    public Holder Holder => Assert.IsType<Holder>(State.Holder);

    public IEnumerable<Guid> Queue => State.Waiters.InOrder.Select(waiter => waiter.AcquireId);

    /// <summary>Moves the clock; backward, too.</summary>
    public LockUnderTest After(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public Decision Decide(LockRequest request)
    {
        if (request is LockRequest.Acquire { ClientId: { } session })
            _heard[session] = HeardAt(MonotonicNow);

        var decision = _rules.Decide(State, request, Now, Silence());
        Assert.Same(State, decision.Before);
        State = decision.After;
        return decision;
    }

    /// <summary>The timer's message about the current grant.</summary>
    public Decision Expire() => Decide(new LockRequest.Expire(Holder.LastFence));

    /// <summary>A holds the lock for 30 s, and the others wait for it in this order, a minute each.</summary>
    public static LockUnderTest HeldByA(params Attempt[] waiters)
    {
        var sut = new LockUnderTest();
        sut.Decide(Attempt.A.Try());
        foreach (var waiter in waiters)
            sut.Decide(waiter.Wait());
        return sut;
    }

    private static SessionHeard HeardAt(TimeSpan moment) => new(moment, TimeSpan.FromSeconds(1));

    /// <summary>
    /// All sessions were heard a moment ago but the silent ones, which were heard an hour ago. Every waiter counts as queued long ago, so that
    /// only what was heard of its session decides.
    /// </summary>
    private SessionSilence Silence()
    {
        var hour = TimeSpan.FromHours(1);
        var silent = Silent.OfType<string>().ToDictionary(session => session, _ => HeardAt(MonotonicNow - hour));
        return new SessionSilence(MonotonicNow, Now + hour, MonotonicNow, ListeningSince: TimeSpan.Zero, silent, _heard);
    }
}

/// <summary>What tests look for in a decision.</summary>
internal static class DecisionAssertions
{
    /// <summary>The only outcome of its kind.</summary>
    public static T The<T>(this Decision decision)
        where T : Outcome => Assert.Single(decision.Outcomes.OfType<T>());

    /// <summary>The only outcome of all.</summary>
    public static T Only<T>(this Decision decision)
        where T : Outcome => Assert.IsType<T>(Assert.Single(decision.Outcomes));

    public static Decision ChangesNothing(this Decision decision)
    {
        Assert.Same(decision.Before, decision.After);
        Assert.False(decision.ChangesLock);
        Assert.False(decision.MovesDueTime);
        return decision;
    }

    public static void DoesNothing(this Decision decision) => Assert.Empty(decision.ChangesNothing().Outcomes);

    /// <summary>Nothing happens, except that an offer that is not confirmed yet is announced once more.</summary>
    public static void AnnouncesAgain(this Decision decision)
    {
        var granted = decision.ChangesNothing().Only<Outcome.Granted>();
        Assert.Equal((decision.Before.Holder, decision.Before.Holder!.NotifyAt, true), (granted.Grant, granted.ReplyTo, granted.Repeated));
    }

    /// <summary>The kinds of the outcomes, in order.</summary>
    public static IEnumerable<string> Story(this Decision decision) => decision.Outcomes.Select(outcome => outcome.GetType().Name);
}
