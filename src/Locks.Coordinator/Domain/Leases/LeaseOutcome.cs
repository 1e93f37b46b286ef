using System.Collections.Immutable;
using Locks.Contracts;

namespace Locks.Coordinator.Domain.Leases;

/// <summary>What a decision about a shared lease brought about: a closed set.</summary>
internal abstract record LeaseOutcome
{
    private LeaseOutcome()
    {
    }

    /// <summary>The lease lives. The reply is sent when it is granted, and again to each repeat of its request.</summary>
    public sealed record Granted(TimeSpan Ttl, ReplyTo ReplyTo) : LeaseOutcome;

    /// <summary>The lease was extended.</summary>
    public sealed record Renewed(TimeSpan Ttl, ReplyTo? ReplyTo) : LeaseOutcome;

    /// <summary>The lease was revoked.</summary>
    public sealed record Revoked(ReplyTo? ReplyTo) : LeaseOutcome;

    /// <summary>The lease does not exist, or has ended.</summary>
    public sealed record NotFound(ReplyTo? ReplyTo) : LeaseOutcome;

    /// <summary>A client asked for the state of the lease.</summary>
    public sealed record Described(LeaseGrant Grant, TimeSpan Remaining, ReplyTo? ReplyTo) : LeaseOutcome;

    /// <summary>The owner is notified, unasked, that the lease has ended.</summary>
    public sealed record EndNotified(LeaseEnd End, ReplyTo ReplyTo) : LeaseOutcome;

    /// <summary>The lease has ended, and the locks on it can be released.</summary>
    public sealed record LocksToRelease : LeaseOutcome;
}

/// <summary>What becomes of a shared lease, and what that brings about.</summary>
/// <param name="Before">The lease as it was.</param>
/// <param name="After">The lease as it is once the decision is stored.</param>
/// <param name="Outcomes">What happened, in order.</param>
internal sealed record LeaseDecision(LeaseState Before, LeaseState After, ImmutableArray<LeaseOutcome> Outcomes)
{
    /// <summary>Whether there is anything to store.</summary>
    public bool ChangesLease => !ReferenceEquals(Before, After);

    /// <summary>Whether the lease was overdue, and was ended before anything else was decided.</summary>
    public bool ExpiredFirst => Before.Stage == LeaseStage.Active && After.End?.Reason == LossReasons.Expired;
}
