using System.Collections.Immutable;

namespace Locks.Coordinator.Domain;

/// <summary>What becomes of a lock, and what that brings about.</summary>
/// <param name="Before">The lock as it was.</param>
/// <param name="After">The lock as it is once the decision is stored.</param>
/// <param name="Outcomes">What happened, in order.</param>
public sealed record Decision(LockState Before, LockState After, ImmutableArray<Outcome> Outcomes)
{
    /// <summary>A decision that leaves the lock as it is.</summary>
    public static Decision Nothing(LockState state) => new(state, state, ImmutableArray<Outcome>.Empty);

    /// <summary>Whether there is anything to store.</summary>
    public bool ChangesLock => !ReferenceEquals(Before, After);

    /// <summary>Whether somebody holds the lock afterwards.</summary>
    public bool LeavesHeld => After.Holder is not null;

    /// <summary>Whether the timer has to be set anew.</summary>
    public bool MovesDueTime => After.DueAt != Before.DueAt || After.LastFence != Before.LastFence;
}
