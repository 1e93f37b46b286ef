using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Diagnostics;

/// <summary>What a coordinator writes to its log. Keys and owners may appear, tokens never.</summary>
internal static partial class CoordinatorLog
{
    [LoggerMessage(1, LogLevel.Warning, "The expiry of a lock could not be sent; the sweeper will find it.")]
    public static partial void ExpiryNotSent(this ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Waking {Count} overdue lock(s), the oldest due since {DueAt:O}.")]
    public static partial void WakingOverdue(this ILogger logger, int count, DateTimeOffset dueAt);

    [LoggerMessage(3, LogLevel.Warning, "The sweep for overdue locks failed; trying again in {Interval}.")]
    public static partial void SweepFailed(this ILogger logger, TimeSpan interval, Exception exception);
}
