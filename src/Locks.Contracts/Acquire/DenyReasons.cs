namespace Locks.Contracts;

/// <summary>
/// Why a lock was not granted. Words and not an enumeration, so that an older client survives a newer coordinator's reason.
/// </summary>
public static class DenyReasons
{
    /// <summary>Another attempt holds the lock, and the caller did not want to wait.</summary>
    public const string Busy = "Busy";

    /// <summary>The attempt was not granted within the time that it was ready to wait.</summary>
    public const string WaitTimedOut = "WaitTimedOut";

    /// <summary>The key has as many waiters as the coordinator allows.</summary>
    public const string QueueFull = "QueueFull";

    /// <summary>
    /// This attempt has been released, cancelled or has expired, or its session counted as dead when it would have been
    /// granted; a late copy of its request grants nothing. A caller that still wants the lock makes a new attempt.
    /// </summary>
    public const string Ended = "Ended";

    /// <summary>The shared lease that the request names does not exist.</summary>
    public const string LeaseNotFound = "LeaseNotFound";

    /// <summary>
    /// An operator took the attempt out of the queue, with <see cref="CancelWaiter"/>; <see cref="LockDenied.Detail"/> says who and why,
    /// except to a repeat of the request.
    /// </summary>
    public const string Cancelled = "Cancelled";

    /// <summary>
    /// The attempt was part of a deadlock, and a coordinator ended it by taking this attempt out of its queue: the one that came last.
    /// <see cref="LockDenied.Detail"/> has the whole cycle, except for a repeat of the request. Release what is held, and begin again.
    /// </summary>
    public const string Deadlock = "Deadlock";

    /// <summary>The request breaks a limit; <see cref="LockDenied.Detail"/> says which.</summary>
    public const string Invalid = "Invalid";
}
