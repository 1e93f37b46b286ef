using System.Collections.Immutable;

namespace Locks.Coordinator.Domain;

/// <summary>What becomes of a lock, and what follows from that.</summary>
/// <param name="Before">The lock as it was.</param>
/// <param name="After">The lock as it is once the decision is stored.</param>
/// <param name="Outcomes">What happened, in order.</param>
internal sealed record Decision(LockState Before, LockState After, ImmutableArray<Outcome> Outcomes)
{
    /// <summary>When it was decided, by the coordinator's time.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Whether there is anything to store.</summary>
    public bool ChangesLock => !ReferenceEquals(Before, After);

    /// <summary>Whether the timer has to be set anew.</summary>
    public bool MovesDueTime => After.DueAt != Before.DueAt || After.LastFence != Before.LastFence;

    /// <summary>Whether the grant of before was over, and was ended before anything else was decided.</summary>
    public bool ExpiredFirst => Outcomes.Any(static outcome => outcome is Outcome.Expired);

    /// <summary>A decision that leaves the lock as it is.</summary>
    public static Decision Nothing(LockState state) => new(state, state, ImmutableArray<Outcome>.Empty);
}
