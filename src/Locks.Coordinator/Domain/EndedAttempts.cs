using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Locks.Contracts;

namespace Locks.Coordinator.Domain;

/// <summary>How an attempt ended. The numbers are stored.</summary>
internal enum Ending
{
    /// <summary>The attempt was granted, and its grant expired or was revoked.</summary>
    Held = 0,

    /// <summary>The attempt was cancelled, perhaps before its request arrived.</summary>
    Cancelled = 1,

    /// <summary>The attempt was denied because the lock was not free.</summary>
    Busy = 2,

    /// <summary>The attempt was denied because the queue was full.</summary>
    QueueFull = 3,

    /// <summary>The attempt was not granted within its wait.</summary>
    WaitTimedOut = 4,

    /// <summary>Not an acquire but a revocation, and it took the lock from its holder.</summary>
    Revoking = 5,

    /// <summary>A revocation that found no grant to take.</summary>
    RevokingNothing = 6,

    /// <summary>The attempt was next, but the shared lease that it was to live on had ended.</summary>
    LeaseNotFound = 7,

    /// <summary>The attempt was next, but its session had been silent for long.</summary>
    Silent = 8,

    /// <summary>The attempt was granted, and its holder released the lock.</summary>
    Released = 9,

    /// <summary>An operator took the attempt out of the queue.</summary>
    CancelledByOperator = 10,

    /// <summary>The attempt was taken out of the queue to end a deadlock.</summary>
    Deadlock = 11,
}

/// <summary>
/// The attempts that are over and still remembered, so that a late copy of their request gets the same reply and grants nothing (G6).
/// Bounded in number and time, because it is stored with every lock; attempts that were turned away have a share of their own, so that a
/// storm of them cannot push out the memory of a release.
/// </summary>
internal sealed record EndedAttempts(ImmutableArray<EndedAttempt> Items)
{
    /// <summary>No attempts.</summary>
    public static readonly EndedAttempts None = new(ImmutableArray<EndedAttempt>.Empty);

    /// <summary>How an attempt ended, if it is remembered.</summary>
    public EndedAttempt? Find(Guid acquireId)
    {
        foreach (var attempt in Items)
        {
            if (attempt.AcquireId == acquireId)
                return attempt;
        }

        return null;
    }

    /// <summary>How the attempt ended that descriptions show under this id, if it is remembered.</summary>
    public EndedAttempt? FindByAttemptId(Guid attemptId)
    {
        foreach (var attempt in Items)
        {
            if (AttemptId.Of(attempt.AcquireId) == attemptId)
                return attempt;
        }

        return null;
    }

    /// <summary>Remembers one more attempt, and forgets those that are too old or too many.</summary>
    public EndedAttempts Remember(EndedAttempt attempt, LockRulesLimits limits) => Remember([attempt], limits);

    /// <summary>Remembers attempts that ended together in the same way, and forgets those that are too old or too many.</summary>
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
