namespace Locks.Contracts;

/// <summary>
/// Why a lock was not granted. Words and not an enumeration, so that an older client survives a newer coordinator's reason.
/// </summary>
public static class DenyReasons
{
    /// <summary>Somebody else holds the lock, and the caller did not want to wait.</summary>
    public const string Busy = "Busy";

    /// <summary>The caller's turn did not come within the time it was ready to wait.</summary>
    public const string WaitTimedOut = "WaitTimedOut";

    /// <summary>The key has as many waiters as the coordinator allows.</summary>
    public const string QueueFull = "QueueFull";

    /// <summary>
    /// This attempt has been released, cancelled or has expired, or its session was taken for dead when its turn came; a late copy of its
    /// request grants nothing. Whoever still wants the lock makes a new attempt.
    /// </summary>
    public const string Ended = "Ended";

    /// <summary>The shared lease that the request names does not exist.</summary>
    public const string LeaseNotFound = "LeaseNotFound";

    /// <summary>The request breaks a limit; <see cref="LockDenied.Detail"/> says which.</summary>
    public const string Invalid = "Invalid";
}
