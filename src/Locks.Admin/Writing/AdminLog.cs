namespace Locks.Admin.Writing;

/// <summary>What operators did, and tried to do. Keys of locks, owners and reasons may appear; keys of access and owner tokens never.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(20, LogLevel.Information,
        "{Operator} ({Address}) took lock {Key} from {Owner}, which held it with fencing token {FencingToken}. Reason: {Reason}")]
    public static partial void LockForceReleased(
        this ILogger logger, string @operator, string address, string key, string owner, long fencingToken, string reason);

    [LoggerMessage(21, LogLevel.Information,
        "{Operator} ({Address}) took the waiter {AttemptId} out of the queue of lock {Key}. Reason: {Reason}")]
    public static partial void WaiterCancelled(
        this ILogger logger, string @operator, string address, Guid attemptId, string key, string reason);

    [LoggerMessage(22, LogLevel.Warning,
        "{Operator} ({Address}) was refused {Method} {Path} for lock {Key}: {Problem}. Reason given: {Reason}")]
    public static partial void WriteRefused(
        this ILogger logger, string @operator, string address, string method, string? path, string? key, string problem, string? reason);

    [LoggerMessage(23, LogLevel.Warning, "{Operator} ({Address}) was refused {Method} {Path}: {Problem}.")]
    public static partial void RefusedUnread(
        this ILogger logger, string @operator, string address, string method, string? path, string problem);
}
