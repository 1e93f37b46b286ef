namespace Locks.Simulation.Running;

/// <summary>What faults are called in the history and in the tally.</summary>
internal static class FaultNames
{
    public static string Of(FaultKind kind) => kind switch
    {
        FaultKind.CoordinatorDiesBeforeCommit => "a coordinator died before its commit",
        FaultKind.CoordinatorDiesAfterCommit => "a coordinator died between commit and reply",
        FaultKind.CoordinatorDiesAfterReply => "a coordinator died between reply and acknowledgement",
        FaultKind.CoordinatorDies => "a coordinator died",
        FaultKind.CoordinatorPause => "a coordinator was paused",
        FaultKind.CoordinatorSuspend => "a coordinator's machine was suspended",
        FaultKind.CoordinatorCut => "a coordinator was cut off from the broker",
        FaultKind.CoordinatorClockStep => "a coordinator's wall clock was set",
        FaultKind.ClientDies => "a client died",
        FaultKind.ClientPause => "a client was paused",
        FaultKind.ClientSuspend => "a client's machine was suspended",
        FaultKind.ClientCut => "a client was cut off from the broker",
        FaultKind.ClientClockStep => "a client's wall clock was set",
        FaultKind.QueuePurged => "the queue was purged",
        FaultKind.StoreAway => "the store was away",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such fault."),
    };
}
