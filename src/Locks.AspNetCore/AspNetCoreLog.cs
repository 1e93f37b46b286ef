using Locks.Client;
using Microsoft.Extensions.Logging;

namespace Locks.AspNetCore;

/// <summary>The log messages of endpoints that require a lock. A busy lock is an ordinary answer.</summary>
internal static partial class AspNetCoreLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Method} {Path} was not served, because its lock was refused.")]
    public static partial void Refused(this ILogger logger, string method, string? path, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Method} {Path} was not served, because no lock coordinator answered.")]
    public static partial void Unavailable(this ILogger logger, string method, string? path, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The lock {Key} was lost ({Reason}), which ended {Method} {Path}.")]
    public static partial void LostWhileServed(this ILogger logger, string key, LockLossReason? reason, string method, string? path);

    [LoggerMessage(4, LogLevel.Warning,
        "The lock {Key} was lost ({Reason}), and {Method} {Path} was served to its end in spite of it. "
        + "Another owner may have held the lock meanwhile; the endpoint ignored its cancellation token.")]
    public static partial void ServedWithoutLock(this ILogger logger, string key, LockLossReason? reason, string method, string? path);
}
