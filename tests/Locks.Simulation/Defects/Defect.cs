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

    /// <summary>A client's machine hides that it was suspended: its wall clock stands, too.</summary>
    HideSuspension,
}
