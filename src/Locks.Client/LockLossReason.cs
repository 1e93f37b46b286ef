namespace Locks.Client;

/// <summary>Why a lock or a lease is no longer held.</summary>
public enum LockLossReason
{
    /// <summary>
    /// Its time ran out: by this process's clock, which is early on purpose, or by the coordinator's, when a renewal came too late. Also a
    /// reason that a newer coordinator gives and this client does not know.
    /// </summary>
    Expired,

    /// <summary>Somebody took it away; <see cref="LockLoss.By"/> says who.</summary>
    Revoked,

    /// <summary>The coordinator has granted the lock to somebody else.</summary>
    Superseded,

    /// <summary>Its time ran out here while renewals went unanswered. The coordinator may know better; the holder must not rely on it.</summary>
    CoordinatorUnreachable,

    /// <summary>The shared lease that the lock lived on is over: it ran out or was revoked.</summary>
    LeaseEnded,
}
