namespace Locks.Client;

/// <summary>Why a lock or a lease is no longer held.</summary>
public enum LockLossReason
{
    /// <summary>
    /// Its lease ended: by this process's clock, which is early on purpose, or by the coordinator's, when a renewal came too late. Stands
    /// also for a reason that a newer coordinator gives and this client does not know.
    /// </summary>
    Expired,

    /// <summary>It was revoked; <see cref="LockLoss.By"/> says by whom.</summary>
    Revoked,

    /// <summary>The coordinator has granted the lock to another owner.</summary>
    Superseded,

    /// <summary>
    /// Its lease ended by this process's clock while a renewal was unanswered. The coordinator may have renewed it; the holder must not
    /// rely on that.
    /// </summary>
    CoordinatorUnreachable,

    /// <summary>The shared lease that the lock lived on has ended: it expired or was revoked.</summary>
    LeaseEnded,

    /// <summary>
    /// The lock client has stopped, because its bus did: the lock could not be renewed any more. The client releases it
    /// <see cref="LockClientOptions.SafetyMargin"/> after <see cref="ILockHandle.Lost"/> has fired, or 1 s after if that is sooner, unless
    /// the holder releases it before.
    /// </summary>
    ClientStopped,

    /// <summary>
    /// It was held for as long as its holder may: <see cref="LockOptions.MaxHold"/>, or the limit that the lease was kept alive with. At
    /// the coordinator it lasts until it is released, or its lease ends.
    /// </summary>
    MaxHoldReached,

    /// <summary>
    /// Its lease ended, because the client did not renew it: the health delegate did not say that the work is healthy
    /// (<see cref="ExclusiveServiceOptions.IsHealthy"/>).
    /// </summary>
    Unhealthy,
}
