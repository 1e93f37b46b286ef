using System.Collections.Immutable;
using Locks.Contracts;

namespace Locks.Coordinator.Domain;

/// <summary>
/// The attempts that hold the lock after the first one of their grant, in this order. All are of one session, which hands the lock from one to
/// the next without a message; to the coordinator they are one holder (Dice, Marathe, Shavit: "Lock Cohorting", 2012).
/// </summary>
/// <param name="Items">The members behind the first; one at least.</param>
internal sealed record Cohort(ImmutableArray<CohortMember> Items)
{
    /// <summary>The highest fencing token of the cohort.</summary>
    public long LastFence => Items[^1].FencingToken;

    /// <summary>The fencing token of an attempt, if it is a member.</summary>
    public long? FenceOf(Guid acquireId)
    {
        foreach (var member in Items)
        {
            if (member.AcquireId == acquireId)
                return member.FencingToken;
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(Cohort? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Length;
}
