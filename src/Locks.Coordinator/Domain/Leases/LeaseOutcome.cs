using System.Collections.Immutable;

namespace Locks.Coordinator.Domain.Leases;

/// <summary>What a decision about a shared lease brought about: a closed set.</summary>
public abstract record LeaseOutcome
{
    private LeaseOutcome()
    {
    }

    /// <summary>It lives; told when it is granted and again to each repeat of its request.</summary>
    public sealed record Granted(TimeSpan Ttl, ReplyTo ReplyTo) : LeaseOutcome;

    /// <summary>It lives on.</summary>
    public sealed record Renewed(TimeSpan Ttl, ReplyTo? ReplyTo) : LeaseOutcome;

    /// <summary>Its owner, or somebody who knows its name, has ended it.</summary>
    public sealed record Revoked(ReplyTo? ReplyTo) : LeaseOutcome;

    /// <summary>There is no such lease, or no more.</summary>
    public sealed record NotFound(ReplyTo? ReplyTo) : LeaseOutcome;

    /// <summary>Somebody wants to know about it.</summary>
    public sealed record Described(LeaseGrant Grant, TimeSpan Remaining, ReplyTo? ReplyTo) : LeaseOutcome;

    /// <summary>Its owner is told, unasked, that it has ended.</summary>
    public sealed record EndTold(LeaseEnd End, ReplyTo ReplyTo) : LeaseOutcome;

    /// <summary>It has ended: the locks on it can be passed on.</summary>
    public sealed record LocksToFree : LeaseOutcome;
}

/// <summary>What becomes of a shared lease, and what that brings about.</summary>
/// <param name="Before">The lease as it was.</param>
/// <param name="After">The lease as it is once the decision is stored.</param>
/// <param name="Outcomes">What happened, in order.</param>
public sealed record LeaseDecision(LeaseState Before, LeaseState After, ImmutableArray<LeaseOutcome> Outcomes)
{
    /// <summary>Whether there is anything to store.</summary>
    public bool ChangesLease => !ReferenceEquals(Before, After);
}
