namespace Locks.Simulation.Running;

/// <summary>What may go wrong at a moment that the plan names. Rates of the network and the store are in <see cref="Weather"/>.</summary>
internal enum FaultKind
{
    /// <summary>A coordinator dies when it is about to commit: nothing is stored.</summary>
    CoordinatorDiesBeforeCommit,

    /// <summary>A coordinator dies when its commit is stored, before it knows and before a reply leaves.</summary>
    CoordinatorDiesAfterCommit,

    /// <summary>A coordinator dies when a reply has left, before its message is acknowledged.</summary>
    CoordinatorDiesAfterReply,

    /// <summary>A coordinator dies at once, whatever it is doing.</summary>
    CoordinatorDies,

    /// <summary>A coordinator's process is paused: its clocks run on.</summary>
    CoordinatorPause,

    /// <summary>A coordinator's machine is suspended: its wall clock runs on, its monotonic clock stands.</summary>
    CoordinatorSuspend,

    /// <summary>
    /// A coordinator is cut off from the broker, and not from the store: what it sends is lost, and others get the messages that it is serving.
    /// </summary>
    CoordinatorCut,

    /// <summary>A coordinator's wall clock is set.</summary>
    CoordinatorClockStep,

    /// <summary>A client dies with all its callers.</summary>
    ClientDies,

    /// <summary>A client's process is paused.</summary>
    ClientPause,

    /// <summary>A client's machine is suspended.</summary>
    ClientSuspend,

    /// <summary>A client is cut off from the broker: nothing of it arrives, and nothing arrives at it.</summary>
    ClientCut,

    /// <summary>A client's wall clock is set.</summary>
    ClientClockStep,

    /// <summary>The coordinators' queue is purged.</summary>
    QueuePurged,

    /// <summary>The store is away: every call fails.</summary>
    StoreAway,
}
