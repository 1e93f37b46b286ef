using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Locks.Coordinator.Domain;

/// <summary>How an attempt came to its end.</summary>
public enum Ending
{
    /// <summary>It was granted and released, or its lease expired.</summary>
    Held = 0,

    /// <summary>It was cancelled, perhaps before its request arrived.</summary>
    Cancelled = 1,

    /// <summary>It was told that the lock is busy.</summary>
    Busy = 2,

    /// <summary>It was told that too many wait already.</summary>
    QueueFull = 3,

    /// <summary>Its turn did not come in time.</summary>
    WaitTimedOut = 4,

    /// <summary>It was no attempt for the lock but one to take it from its holder, and it did.</summary>
    Revoking = 5,

    /// <summary>It was an attempt to take the lock from its holder when nobody held it.</summary>
    RevokingNothing = 6,

    /// <summary>Its turn came, but the shared lease that it was to live on had ended.</summary>
    LeaseNotFound = 7,

    /// <summary>Its turn came, but nothing had been heard of its session for long.</summary>
    Silent = 8,
}

/// <summary>One attempt that is over.</summary>
public readonly record struct EndedAttempt(Guid AcquireId, Ending Ending, DateTimeOffset At)
{
    /// <summary>Whether the attempt was denied by the coordinator, rather than having held the lock or been taken back.</summary>
    public bool WasTurnedAway =>
        Ending is Ending.Busy or Ending.QueueFull or Ending.WaitTimedOut or Ending.LeaseNotFound or Ending.Silent;
}

/// <summary>
/// What a lock remembers of attempts that are over, so that a late copy of their request gets the same answer and grants nothing.
/// Bounded in number and time, because it is stored with every lock; attempts that were turned away have a share of their own, so that a
/// storm of them cannot push out the memory of a release.
/// </summary>
public sealed record EndedAttempts(ImmutableArray<EndedAttempt> Items)
{
    /// <summary>Nothing to remember.</summary>
    public static readonly EndedAttempts None = new(ImmutableArray<EndedAttempt>.Empty);

    /// <summary>What became of an attempt, if it is remembered.</summary>
    public EndedAttempt? Find(Guid acquireId)
    {
        foreach (var attempt in Items)
        {
            if (attempt.AcquireId == acquireId)
                return attempt;
        }

        return null;
    }

    /// <summary>Remembers one more attempt and forgets what is too old or too much.</summary>
    public EndedAttempts Remember(EndedAttempt attempt, LockRulesLimits limits) => Remember([attempt], limits);

    /// <summary>Remembers attempts that came to the same end together, and forgets what is too old or too much.</summary>
    /// <param name="attempts">The attempts; one at least.</param>
    /// <param name="limits">How many, and for how long.</param>
    public EndedAttempts Remember(ReadOnlySpan<EndedAttempt> attempts, LockRulesLimits limits)
    {
        var last = attempts[^1];
        var oldest = last.At - limits.AttemptMemory;
        Span<int> places = stackalloc int[Items.Length];
        var count = 0;

        // From the newest to the oldest, so that the oldest of the same kind fall out.
        var room = limits.AttemptsRemembered - attempts.Length;
        for (var i = Items.Length - 1; i >= 0; i--)
        {
            var item = Items[i];
            if (item.At >= oldest && !IsAmong(attempts, item.AcquireId) && (item.WasTurnedAway != last.WasTurnedAway || room-- > 0))
                places[count++] = i;
        }

        var kept = new EndedAttempt[count + attempts.Length];
        attempts.CopyTo(kept.AsSpan(count));
        foreach (var place in places[..count])
            kept[--count] = Items[place];
        return new EndedAttempts(ImmutableCollectionsMarshal.AsImmutableArray(kept));
    }

    private static bool IsAmong(ReadOnlySpan<EndedAttempt> attempts, Guid acquireId)
    {
        foreach (var attempt in attempts)
        {
            if (attempt.AcquireId == acquireId)
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public bool Equals(EndedAttempts? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Length;
}
