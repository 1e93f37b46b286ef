namespace Locks.Coordinator.Domain;

/// <summary>
/// Where a lock is in its life. The names are those of the states of <c>LockStateMachine</c>, and are stored.
/// </summary>
internal enum LockStage
{
    /// <summary>No attempt holds the lock, and none waits for it.</summary>
    Free,

    /// <summary>
    /// The lock was granted out of the queue, and the client has not confirmed that it received the grant. The lock goes to the next waiter
    /// when the confirmation window ends.
    /// </summary>
    Offered,

    /// <summary>An attempt holds the lock, and its client is known to have received the grant.</summary>
    Held,

    /// <summary>The holder has released the lock, and asked for a cooldown.</summary>
    Cooling,
}

/// <summary>The names of the stages, as they are stored and as the state machine calls its states.</summary>
internal static class LockStageNames
{
    /// <summary>The name of a stage, without an allocation.</summary>
    public static string Name(this LockStage stage) => stage switch
    {
        LockStage.Free => nameof(LockStage.Free),
        LockStage.Offered => nameof(LockStage.Offered),
        LockStage.Held => nameof(LockStage.Held),
        LockStage.Cooling => nameof(LockStage.Cooling),
        _ => throw new LockInvariantException($"there is no stage {stage}"),
    };
}
