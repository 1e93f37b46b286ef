using Microsoft.Extensions.Logging;

namespace Locks.Client.Exclusive;

internal static partial class ExclusiveLog
{
    [LoggerMessage(21, LogLevel.Information, "{Service} runs on this instance: it holds lock {Key}, fencing token {FencingToken}.")]
    public static partial void TermBegins(this ILogger logger, string service, string key, long fencingToken);

    [LoggerMessage(22, LogLevel.Information, "{Service} has done its work and does not run on this instance again; lock {Key} was given back.")]
    public static partial void WorkIsDone(this ILogger logger, string service, string key);

    [LoggerMessage(23, LogLevel.Warning, "{Service} was stopped because lock {Key} was lost ({Reason}); this instance stands in line again.")]
    public static partial void TermLost(this ILogger logger, string service, string key, LockLossReason? reason);

    [LoggerMessage(24, LogLevel.Error, "{Service} did not stop within {StopTimeout} and still runs; without lock {Key}, another instance may run it too.")]
    public static partial void DoesNotStop(this ILogger logger, string service, string key, TimeSpan stopTimeout);

    [LoggerMessage(25, LogLevel.Error, "{Service} failed when it was told to stop.")]
    public static partial void StopFailed(this ILogger logger, string service, Exception exception);

    [LoggerMessage(26, LogLevel.Warning, "{Service} can't stand in line for lock {Key}; trying again in {Pause}.")]
    public static partial void CannotStandInLine(this ILogger logger, string service, string key, TimeSpan pause, Exception exception);
}
