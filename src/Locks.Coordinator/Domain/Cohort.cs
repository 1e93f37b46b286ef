using System.Collections.Immutable;
using Locks.Contracts;

namespace Locks.Coordinator.Domain;

/// <summary>
/// Those who hold the lock after the first of their run, in this order. Their session hands it from one to the next without a word; to the
/// coordinator they are one holder.
/// </summary>
/// <param name="Items">The cohort; one at least.</param>
public sealed record Cohort(ImmutableArray<CohortMember> Items)
{
    /// <summary>The highest fencing token of the run.</summary>
    public long LastFence => Items[^1].FencingToken;

    /// <summary>The fencing token of an attempt, if it is among them.</summary>
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
