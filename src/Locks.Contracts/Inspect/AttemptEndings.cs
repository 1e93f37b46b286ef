namespace Locks.Contracts;

/// <summary>How an attempt at a lock ended. Words, so that an older client survives a newer coordinator's ending.</summary>
public static class AttemptEndings
{
    /// <summary>Its holder released the lock.</summary>
    public const string Released = "Released";

    /// <summary>
    /// It held the lock and lost it: its lease ended, or the lock was revoked; then a revocation ended at the same moment.
    /// </summary>
    public const string Lost = "Lost";

    /// <summary>Its client cancelled it, or gave up.</summary>
    public const string Cancelled = "Cancelled";

    /// <summary>An operator took it out of the queue.</summary>
    public const string CancelledByOperator = "CancelledByOperator";

    /// <summary>A coordinator took it out of the queue to end a deadlock.</summary>
    public const string Deadlock = "Deadlock";

    /// <summary>It was denied: the lock was not free, and it did not want to wait.</summary>
    public const string Busy = "Busy";

    /// <summary>It was denied: the queue was full.</summary>
    public const string QueueFull = "QueueFull";

    /// <summary>It was not granted within its wait.</summary>
    public const string WaitTimedOut = "WaitTimedOut";

    /// <summary>It was next, but the shared lease that it was to live on had ended.</summary>
    public const string LeaseNotFound = "LeaseNotFound";

    /// <summary>It was next, but its session had been silent for long.</summary>
    public const string Silent = "Silent";

    /// <summary>Not an attempt but a revocation, and it took the lock from its holder.</summary>
    public const string Revocation = "Revocation";

    /// <summary>A revocation that found no grant to take.</summary>
    public const string RevocationOfNothing = "RevocationOfNothing";
}
