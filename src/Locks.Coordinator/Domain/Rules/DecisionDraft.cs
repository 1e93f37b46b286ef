using System.Collections.Immutable;
using Locks.Contracts;

namespace Locks.Coordinator.Domain.Rules;

/// <summary>One decision in the making: the lock as it has become so far, and the steps that all rules are made of.</summary>
internal sealed class DecisionDraft(LockState state, DateTimeOffset now, LockRulesLimits limits, SessionSilence silence)
{
    // One, as a rule.
    private readonly ImmutableArray<Outcome>.Builder _outcomes = ImmutableArray.CreateBuilder<Outcome>(1);

    /// <summary>The lock before the decision.</summary>
    public LockState Before { get; } = state;

    /// <summary>The lock as it has become so far.</summary>
    public LockState Lock { get; set; } = state;

    /// <summary>The lock after everything that was due had happened, and before the request itself was decided.</summary>
    public LockState AfterExpiry { get; set; } = state;

    public DateTimeOffset Now => now;

    public LockRulesLimits Limits => limits;

    public SessionSilence Silence => silence;

    /// <summary>Whether the decision has granted the lock so far.</summary>
    public bool HasGranted => _outcomes.Any(static outcome => outcome is Outcome.Granted);

    public void Add(Outcome outcome) => _outcomes.Add(outcome);

    /// <exception cref="LockInvariantException">The rules have a defect.</exception>
    public Decision Conclude()
    {
        Lock.CheckInvariants();
        return new Decision(Before, Lock, _outcomes.DrainToImmutable()) { At = now };
    }

    /// <summary>Denies an attempt, and remembers why, so that a late copy of its request gets the same reply.</summary>
    public void TurnAway(Guid acquireId, string owner, Ending ending, ReplyTo replyTo)
    {
        Remember(acquireId, ending, owner);
        Deny(acquireId, owner, ReasonFor(ending), replyTo);
    }

    public void Deny(Guid acquireId, string owner, string why, ReplyTo replyTo, string? detail = null) =>
        Add(new Outcome.Denied(acquireId, owner, why, Lock.Holder, RetryAfter(), replyTo, detail));

    /// <summary>When the current grant ends, from now. Absent when there is none.</summary>
    public TimeSpan? RetryAfter() =>
        Lock.Holder is not { } holder ? null : holder.ExpiresAt > now ? holder.ExpiresAt - now : TimeSpan.Zero;

    /// <summary>Remembers an attempt that was not granted, or a revocation.</summary>
    public void Remember(Guid acquireId, Ending ending, string? owner) => Remember(new EndedAttempt(acquireId, ending, now, owner));

    /// <summary>Remembers the attempt of a grant, and those of its cohort.</summary>
    public void Remember(Holder holder, Ending ending)
    {
        var first = new EndedAttempt(holder.AcquireId, ending, now, holder.Owner, new EndedGrant(holder.FencingToken, holder.GrantedAt));
        if (holder.Cohort is not { Items: var members })
        {
            Remember(first);
            return;
        }

        EndedAttempt[] attempts =
        [
            first,
            .. members.Select(member => first with { AcquireId = member.AcquireId, Grant = new(member.FencingToken, holder.GrantedAt) }),
        ];
        Lock = Lock with { Ended = Lock.Ended.Remember(attempts, limits) };
    }

    public void Dequeue(Waiter waiter)
    {
        Lock = Lock with { Waiters = Lock.Waiters.Remove(waiter) };
        Add(new Outcome.Dequeued(waiter));
    }

    /// <summary>Ends waiters ungranted, in their order and however many they are, and tells each why.</summary>
    public void PassOver(IReadOnlyList<(Waiter Waiter, Ending Why)> waiters)
    {
        if (waiters.Count == 0)
            return;

        foreach (var (waiter, why) in waiters)
        {
            Add(new Outcome.Dequeued(waiter));
            if (why == Ending.Silent)
                Add(new Outcome.PassedOver(waiter));
            else
                Deny(waiter.AcquireId, waiter.Owner, ReasonFor(why), waiter.ReplyTo);
        }

        var remembered = waiters.TakeLast(limits.AttemptsRemembered)
            .Select(passed => new EndedAttempt(passed.Waiter.AcquireId, passed.Why, now, passed.Waiter.Owner));
        Lock = Lock with
        {
            Waiters = Lock.Waiters.Without([.. waiters.Select(static passed => passed.Waiter)]),
            Ended = Lock.Ended.Remember([.. remembered], limits),
        };
    }

    /// <summary>Notifies the client that lost the lock, when it named its session.</summary>
    public void NotifyLoss(Holder holder, string why, string? by, string? detail = null)
    {
        if (holder.NotifyAt is { } address)
            Add(new Outcome.LossNotified(holder, why, by, address, detail));
    }

    /// <summary>
    /// Denies the attempts of an offer that is over. Their client may never have received the offer, and would wait for it. The members of a
    /// cohort asked under their attempts' ids.
    /// </summary>
    public void DenyTheOffer(Holder holder)
    {
        if (holder is not { Stage: LockStage.Offered, NotifyAt: { } address })
            return;

        Deny(holder.AcquireId, holder.Owner, DenyReasons.Ended, address);
        foreach (var member in holder.Cohort?.Items ?? [])
            Deny(member.AcquireId, holder.Owner, DenyReasons.Ended, address with { RequestId = member.AcquireId });
    }

    /// <summary>The reason that a client is given for the end of an attempt.</summary>
    public static string ReasonFor(Ending ending) => ending switch
    {
        Ending.Busy => DenyReasons.Busy,
        Ending.QueueFull => DenyReasons.QueueFull,
        Ending.WaitTimedOut => DenyReasons.WaitTimedOut,
        Ending.LeaseNotFound => DenyReasons.LeaseNotFound,
        Ending.CancelledByOperator => DenyReasons.Cancelled,
        Ending.Deadlock => DenyReasons.Deadlock,
        _ => DenyReasons.Ended,
    };

    private void Remember(EndedAttempt attempt) => Lock = Lock with { Ended = Lock.Ended.Remember(attempt, limits) };
}
