namespace Locks.Coordinator.Domain;

/// <summary>
/// The shared lease that a holder or a waiter lives on, as it was when the lock was read. Only its end is final: a lock takes nothing away
/// from a lease that has not ended in the store, however late it is, because a renewal may just have been stored.
/// </summary>
/// <param name="Id">The lease.</param>
/// <param name="ExpiresAt">When it ends unless it is renewed. Renewals only move it on.</param>
/// <param name="HasEnded">Whether it has ended, for good.</param>
/// <param name="OwnerAddress">Where its owner is told of its end, when the owner named its session.</param>
public sealed record SharedLease(Guid Id, DateTimeOffset ExpiresAt, bool HasEnded, Uri? OwnerAddress = null)
{
    /// <summary>A lease that is not stored: it never was, or has long been forgotten.</summary>
    public static SharedLease NotFound(Guid id) => new(id, DateTimeOffset.UnixEpoch, HasEnded: true);

    /// <summary>Whether a lock may be granted on it.</summary>
    public bool IsAliveAt(DateTimeOffset now) => !HasEnded && ExpiresAt > now;

    /// <summary>What is left of it, unless it is renewed.</summary>
    public TimeSpan LeftAt(DateTimeOffset now) => IsAliveAt(now) ? ExpiresAt - now : TimeSpan.Zero;
}
