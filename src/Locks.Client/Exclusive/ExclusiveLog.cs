using Microsoft.Extensions.Logging;

namespace Locks.Client.Exclusive;

internal static partial class ExclusiveLog
{
    [LoggerMessage(30, LogLevel.Information,
        "{Service} starts on this instance, which holds lock {Key} with fencing token {FencingToken}.")]
    public static partial void TermStarted(this ILogger logger, string service, string key, long fencingToken);

    [LoggerMessage(31, LogLevel.Information,
        "{Service} has done its work and does not run on this instance again. Lock {Key} is released for the next "
        + "instance.")]
    public static partial void WorkCompleted(this ILogger logger, string service, string key);

    [LoggerMessage(32, LogLevel.Warning,
        "{Service} was stopped because lock {Key} was lost ({Reason}). This instance waits in the queue again.")]
    public static partial void TermLost(this ILogger logger, string service, string key, LockLossReason? reason);

    [LoggerMessage(33, LogLevel.Error,
        "{Service} did not stop within {StopTimeout} and still runs. Without lock {Key}, another instance may run it "
        + "too. This instance waits until it has ended; restart the process if it hangs.")]
    public static partial void StopTimedOut(this ILogger logger, string service, string key, TimeSpan stopTimeout);

    [LoggerMessage(34, LogLevel.Error,
        "{Service} threw an exception while it was being stopped. Its term is over all the same.")]
    public static partial void StopFailed(this ILogger logger, string service, Exception exception);

    [LoggerMessage(35, LogLevel.Warning,
        "{Service} can't wait for lock {Key}, because the coordinator is not reachable or refuses. This instance tries "
        + "again in {Pause}.")]
    public static partial void AcquireFailed(this ILogger logger, string service, string key, TimeSpan pause, Exception exception);
}
