namespace Locks.Simulation.Defects;

/// <summary>
/// A deliberate defect, put between the product's parts: the checker has to find each one. <see cref="None"/> for the product as it is.
/// </summary>
internal enum Defect
{
    None,

    /// <summary>The store takes a write whose version is no longer current.</summary>
    ForgetVersion,

    /// <summary>A coordinator is told that its commit is stored before it is: replies leave first.</summary>
    ReplyBeforeCommit,

    /// <summary>A coordinator takes a write that was refused for one that was stored, and keeps it in its cache.</summary>
    KeepStaleCache,

    /// <summary>A commit is acknowledged and lost.</summary>
    LoseCommit,

    /// <summary>A new grant gets the fencing token of the grant before.</summary>
    ReuseFence,

    /// <summary>A client counts its lease from the answer, and not from before the request.</summary>
    LeaseFromAnswer,

    /// <summary>A coordinator takes cancellations, and does nothing.</summary>
    IgnoreCancel,

    /// <summary>The second waiter is granted before the first.</summary>
    GrantOutOfOrder,

    /// <summary>Replies go to another client now and then.</summary>
    MisrouteReply,

    /// <summary>A client whose lock is lost is told that it was renewed.</summary>
    DenyLoss,

    /// <summary>No coordinator looks for locks whose timer was lost.</summary>
    NoSweep,

    /// <summary>The store forgets the attempts that are over: a copy of one that comes later is a new attempt.</summary>
    ForgetEnded,

    /// <summary>The store forgets when the waits of those in the queue end.</summary>
    ForgetDeadlines,

    /// <summary>A lock is purged now and then although it is held or waited for.</summary>
    PurgeHeld,

    /// <summary>A lock is read now and then as it was before its last write, with the version of now: by two queries, of which one is late.</summary>
    StaleRead,

    /// <summary>A new grant is stored for half of the lease that its client is told.</summary>
    ShortLease,

    /// <summary>Coordinators decide by their own wall clocks, and not by the store's time.</summary>
    FollowWallClock,

    /// <summary>The time of all coordinators is behind the store's by three seconds.</summary>
    SlowClock,

    /// <summary>A client counts a renewed lease from the answer, and not from before the request.</summary>
    RenewFromAnswer,

    /// <summary>A lock is free at once when its holder releases it and asks for a cooldown.</summary>
    ForgetCooldown,

    /// <summary>A revocation ends whatever grant it finds, and not only the one that it names.</summary>
    RevokeAny,

    /// <summary>The store takes a shared lease whose version is no longer current.</summary>
    ForgetLeaseVersion,

    /// <summary>The store grants a lock on a shared lease that has ended.</summary>
    AttachToEnded,

    /// <summary>The locks on a shared lease that has ended are not found.</summary>
    KeepLocksOfEnded,

    /// <summary>A client's machine hides that it was suspended: its wall clock stands, too.</summary>
    HideSuspension,
}
