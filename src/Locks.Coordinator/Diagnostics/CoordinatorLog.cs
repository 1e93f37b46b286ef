using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Diagnostics;

/// <summary>What a coordinator writes to its log. Keys and owners may appear, tokens never.</summary>
internal static partial class CoordinatorLog
{
    [LoggerMessage(1, LogLevel.Warning, "Locks or leases that are due could not be woken; the sweeper will find them.")]
    public static partial void TimerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Waking {Count} overdue lock(s), the oldest due since {DueAt:O}.")]
    public static partial void WakingOverdue(this ILogger logger, int count, DateTimeOffset dueAt);

    [LoggerMessage(4, LogLevel.Information, "Waking {Count} overdue shared lease(s), the oldest due since {DueAt:O}.")]
    public static partial void WakingOverdueLeases(this ILogger logger, int count, DateTimeOffset dueAt);

    [LoggerMessage(3, LogLevel.Warning, "The sweep for overdue locks failed; trying again in {Interval}.")]
    public static partial void SweepFailed(this ILogger logger, TimeSpan interval, Exception exception);

    [LoggerMessage(5, LogLevel.Information,
        "Passed over {Count} waiter(s) for lock {Key}, the first of them of {Owner}, session {ClientId}: nothing was heard of their sessions for three intervals.")]
    public static partial void PassedOverSilent(this ILogger logger, int count, string key, string owner, string? clientId);

    [LoggerMessage(6, LogLevel.Warning, "A liveness watermark could not be sent; no session counts as silent until one is read back.")]
    public static partial void WatermarkNotSent(this ILogger logger, Exception exception);

    [LoggerMessage(7, LogLevel.Warning, "Replies to {Address} could not be sent. A client there gets them when it sends its requests again.")]
    public static partial void ReplyNotSent(this ILogger logger, Uri address, Exception exception);

    [LoggerMessage(8, LogLevel.Information,
        "{Count} lock(s), one of them {Key}, were changed by another coordinator, or purged, since they were read. They are decided again.")]
    public static partial void DecidingAgain(this ILogger logger, int count, string key);

    [LoggerMessage(15, LogLevel.Information,
        "Lock {Key}, held by {Owner} with fencing token {FencingToken}, was revoked by {By}. Reason: {Reason}")]
    public static partial void LockRevoked(this ILogger logger, string key, string owner, long fencingToken, string by, string reason);

    [LoggerMessage(16, LogLevel.Information,
        "The waiter {AttemptId} of {Owner} was taken out of the queue of lock {Key} by {By}. Reason: {Reason}")]
    public static partial void WaiterCancelled(
        this ILogger logger, Guid attemptId, string owner, string key, string by, string reason);

    [LoggerMessage(17, LogLevel.Warning,
        "The function LockCoordinatorOptions.KeyGroup threw an exception. The metrics of the locks concerned have no group. Further "
        + "exceptions of it are not logged.")]
    public static partial void KeyGroupFailed(this ILogger logger, Exception exception);

    [LoggerMessage(23, LogLevel.Error,
        "What was committed could not be logged, measured or traced, because a log provider or a listener of this process threw an "
        + "exception. The locks are served all the same. Further exceptions of this kind are not logged.")]
    public static partial void CommitListenerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(18, LogLevel.Warning,
        "Deadlock: {Cycle}. None of them goes on before one of them gives up or loses its lock; {Remedy}.")]
    public static partial void DeadlockFound(this ILogger logger, string cycle, string remedy);

    [LoggerMessage(19, LogLevel.Warning, "The search for deadlocks failed; trying again in {Interval}.")]
    public static partial void DeadlockSearchFailed(this ILogger logger, TimeSpan interval, Exception exception);

    [LoggerMessage(9, LogLevel.Information,
        "Lease {LeaseFingerprint} was changed by another coordinator since it was read. It is decided again.")]
    public static partial void DecidingLeaseAgain(this ILogger logger, Guid leaseFingerprint);

    [LoggerMessage(14, LogLevel.Error, "Endpoint {Endpoint} could not be opened. {Explanation}")]
    public static partial void AccessRefused(this ILogger logger, string endpoint, string explanation);

    [LoggerMessage(10, LogLevel.Warning,
        "The tables of Locks are missing or old in this database: run `Locks.Server migrate`, or call ILockSchema.MigrateAsync. "
        + "No request is taken until then.")]
    public static partial void TablesMissing(this ILogger logger);

    [LoggerMessage(11, LogLevel.Warning, "{Problem} ({Detail}) No request is taken until the store is there.")]
    public static partial void StoreUnreachable(this ILogger logger, string problem, string detail);

    [LoggerMessage(12, LogLevel.Error, "Whether the store is ready could not be found out; trying again. No request is taken until then.")]
    public static partial void StoreNotUnderstood(this ILogger logger, Exception exception);

    [LoggerMessage(13, LogLevel.Information, "The store is ready; taking requests.")]
    public static partial void StoreReady(this ILogger logger);

    [LoggerMessage(20, LogLevel.Warning,
        "This machine's wall clock is {Seconds:0.0} s ahead of the store's (negative: behind). The locks go by the store's clock, so they are "
        + "not affected; let a time server set the machine's.")]
    public static partial void WallClockIsOff(this ILogger logger, double seconds);

    [LoggerMessage(21, LogLevel.Information, "This machine's wall clock is within a second of the store's.")]
    public static partial void WallClockIsRight(this ILogger logger);

    [LoggerMessage(22, LogLevel.Warning,
        "The time by which this coordinator decides was wrong and has been corrected by {Correction}: this machine was suspended, or the "
        + "store's clock was set. What was decided by the wrong time is decided again.")]
    public static partial void TimeCorrected(this ILogger logger, TimeSpan correction);
}
