using Microsoft.Extensions.Logging;

namespace Locks.Client.Core;

/// <summary>The client's log messages. Keys may appear, tokens never.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Warning,
        "The release of lock {Key} was not answered. Others may have to wait until its lease ends. "
        + "Check that a coordinator runs and that this process reaches the broker.")]
    public static partial void ReleaseUnanswered(this ILogger logger, string key, Exception exception);

    [LoggerMessage(2, LogLevel.Warning,
        "The renewal of lock {Key} was not answered. The client tries again until the lease ends, and then the lock "
        + "is lost. Check that a coordinator runs and that this process reaches the broker.")]
    public static partial void RenewalUnanswered(this ILogger logger, string key, Exception exception);

    [LoggerMessage(3, LogLevel.Warning,
        "The handle of lock {Key} was neither released nor disposed of, and the application refers to it no more. "
        + "The client stops renewing the lock, which ends with its lease. Dispose of the handle in the application's code.")]
    public static partial void HandleAbandoned(this ILogger logger, string key);

    [LoggerMessage(4, LogLevel.Error,
        "A callback that the application registered on a lock's Lost or AtRisk token threw an exception. "
        + "The lock is not affected.")]
    public static partial void CallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Error,
        "The progress callback of a caller that waits for lock {Key} threw an exception. The caller goes on waiting.")]
    public static partial void ProgressFailed(this ILogger logger, string key, Exception exception);

    [LoggerMessage(6, LogLevel.Warning,
        "The renewal of lease {LeaseFingerprint} was not answered. The client tries again until the lease ends, and then all "
        + "locks on it are lost. Check that a coordinator runs and that this process reaches the broker.")]
    public static partial void LeaseRenewalUnanswered(this ILogger logger, Guid leaseFingerprint, Exception exception);

    [LoggerMessage(7, LogLevel.Warning,
        "The application refers to lease {LeaseFingerprint} and to the locks on it no more. The client stops renewing the "
        + "lease, which ends when its time is over. Dispose of the lease in the application's code.")]
    public static partial void LeaseAbandoned(this ILogger logger, Guid leaseFingerprint);

    [LoggerMessage(8, LogLevel.Warning,
        "The revocation of lease {LeaseFingerprint} was not answered. Its locks may stay taken until the lease ends. "
        + "Check that a coordinator runs and that this process reaches the broker.")]
    public static partial void RevocationUnanswered(this ILogger logger, Guid leaseFingerprint, Exception exception);

    [LoggerMessage(20, LogLevel.Warning,
        "The release of a set of {Count} locks, the first of which is {Key}, was not answered for all of them. Others may have to wait until "
        + "their leases end. Check that a coordinator runs and that this process reaches the broker.")]
    public static partial void SetReleaseUnanswered(this ILogger logger, int count, string key, Exception exception);

    [LoggerMessage(21, LogLevel.Debug,
        "A set of {Count} locks was not acquired, because another owner holds lock {Key}.")]
    public static partial void SetBusy(this ILogger logger, int count, string key);

    [LoggerMessage(16, LogLevel.Debug, "The lock {Key} is busy. {Holder}")]
    public static partial void Busy(this ILogger logger, string key, string holder);

    [LoggerMessage(17, LogLevel.Warning,
        "A flow of control waits up to {Wait} for lock {Key}, which it holds itself. Locks are not reentrant: unless the lock is released "
        + "elsewhere, the wait ends with a timeout. Pass the handle on, or release it first.")]
    public static partial void WaitsForItself(this ILogger logger, string key, TimeSpan wait);

    [LoggerMessage(22, LogLevel.Warning,
        "Lock {Key} has been held for {MaxHold}, which is as long as it may be: it counts as lost and is not renewed any more. "
        + "Others get it when its lease ends, or earlier if its holder releases it. Look at what the holder does: it may hang.")]
    public static partial void MaxHoldReached(this ILogger logger, string key, TimeSpan? maxHold);

    [LoggerMessage(23, LogLevel.Warning,
        "Lease {LeaseFingerprint} has been kept alive for as long as it may be: it counts as lost, with all locks on it, and is not renewed "
        + "any more. Others get the locks when its time is over, or earlier if it is revoked. Look at what its holder does: it may hang.")]
    public static partial void LeaseMaxHoldReached(this ILogger logger, Guid leaseFingerprint);

    [LoggerMessage(24, LogLevel.Warning,
        "Lock {Key} is not renewed now, because the health delegate of its holder did not say within {Limit} that the work is healthy. The "
        + "client repeats the question before the next renewal. If that does not take place either, the lock is lost when its lease ends.")]
    public static partial void RenewalWithheld(this ILogger logger, string key, TimeSpan limit, Exception? exception);

    [LoggerMessage(18, LogLevel.Warning,
        "The function LockClientOptions.KeyGroup threw an exception. The metrics of the locks concerned have no group. Further exceptions of "
        + "it are not logged.")]
    public static partial void KeyGroupFailed(this ILogger logger, Exception exception);

    [LoggerMessage(15, LogLevel.Warning,
        "The lock client could not release all of its locks within {Timeout}, and its bus stops. Locks that were not released end with "
        + "their leases. Check that a coordinator runs and that this process reaches the broker.")]
    public static partial void StopTimedOut(this ILogger logger, TimeSpan timeout);

    [LoggerMessage(9, LogLevel.Error,
        "A message of replies was not understood and is dropped. The client sends the unanswered requests again. "
        + "Check that client and coordinator run compatible versions.")]
    public static partial void ReplyNotUnderstood(this ILogger logger, Exception exception);
}
