namespace Locks.Client;

/// <summary>What the holder knows about its lock.</summary>
public enum LockHandleState
{
    /// <summary>The lock is held.</summary>
    Held,

    /// <summary>
    /// The lock is held, but a good part of its lease has passed without a renewal (<see cref="LockClientOptions.AtRiskAfter"/>).
    /// </summary>
    AtRisk,

    /// <summary>The lock is lost; <see cref="ILockHandle.Loss"/> says why.</summary>
    Lost,

    /// <summary>The lock was released, and the coordinator has answered that.</summary>
    Released,

    /// <summary>
    /// The release was sent, but the coordinator has not answered (yet): the lock may be free, or held until its lease ends. Releasing
    /// again sends it again.
    /// </summary>
    Unknown,
}
