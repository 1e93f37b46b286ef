namespace Locks.Coordinator.Domain;

/// <summary>
/// The shared lease of a holder or a waiter, as it was when the lock was read. Only its end is final: a lock takes nothing away from a lease
/// that has not ended in the store, however late it is, because a renewal may just have been stored.
/// </summary>
/// <param name="Id">The lease.</param>
/// <param name="ExpiresAt">When the lease ends unless it is renewed. Renewals only move it on.</param>
/// <param name="HasEnded">Whether the lease has ended, for good.</param>
/// <param name="OwnerAddress">Where the owner of the lease is notified of its end, when it named its session.</param>
internal sealed record LeaseSnapshot(Guid Id, DateTimeOffset ExpiresAt, bool HasEnded, Uri? OwnerAddress = null)
{
    /// <summary>A lease that is not stored: it never was, or the store has purged it.</summary>
    public static LeaseSnapshot NotFound(Guid id) => new(id, DateTimeOffset.UnixEpoch, HasEnded: true);

    /// <summary>Whether a lock may be granted on the lease.</summary>
    public bool IsAliveAt(DateTimeOffset now) => !HasEnded && ExpiresAt > now;

    /// <summary>The time that is left unless the lease is renewed; zero once it is over.</summary>
    public TimeSpan LeftAt(DateTimeOffset now) => IsAliveAt(now) ? ExpiresAt - now : TimeSpan.Zero;
}
