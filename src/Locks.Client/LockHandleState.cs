namespace Locks.Client;

/// <summary>What the holder knows about its lock.</summary>
public enum LockHandleState
{
    /// <summary>The lock is held.</summary>
    Held,

    /// <summary>The lock is held, but a good part of its lease has passed without a renewal (<see cref="LockClientOptions.AtRiskAfter"/>).</summary>
    AtRisk,

    /// <summary>The lock is lost; <see cref="ILockHandle.Loss"/> says why.</summary>
    Lost,

    /// <summary>The lock was given back.</summary>
    Released,

    /// <summary>
    /// The lock was given back, but the coordinator has not answered (yet): it may be free, or held until its lease ends. Releasing again
    /// asks again.
    /// </summary>
    Unknown,
}
