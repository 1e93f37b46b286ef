using System.Collections.Immutable;

namespace Locks.Coordinator.Domain;

/// <summary>An attempt that was granted together with the holder's and holds the lock after it.</summary>
/// <param name="AcquireId">The attempt.</param>
/// <param name="FencingToken">Its own number, higher than that of everyone before it.</param>
public readonly record struct Follower(Guid AcquireId, long FencingToken);

/// <summary>
/// Those who hold the lock after the first of their run, in this order. Their session hands it from one to the next without a word; to the
/// coordinator they are one holder.
/// </summary>
/// <param name="Items">The followers; one at least.</param>
public sealed record Followers(ImmutableArray<Follower> Items)
{
    /// <summary>The highest fencing token of the run.</summary>
    public long LastFence => Items[^1].FencingToken;

    /// <summary>The fencing token of an attempt, if it is among them.</summary>
    public long? FenceOf(Guid acquireId)
    {
        foreach (var follower in Items)
        {
            if (follower.AcquireId == acquireId)
                return follower.FencingToken;
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(Followers? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Length;
}
