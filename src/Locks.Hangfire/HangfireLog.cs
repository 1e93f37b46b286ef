using Locks.Client;
using Microsoft.Extensions.Logging;

namespace Locks.Hangfire;

/// <summary>The log messages of locked jobs. Hangfire logs and keeps failures itself.</summary>
internal static partial class HangfireLog
{
    [LoggerMessage(1, LogLevel.Information, "Skipped job {Job}: {Owner} holds the lock {Key}.")]
    public static partial void Skipped(this ILogger logger, string job, string key, string? owner);

    [LoggerMessage(2, LogLevel.Warning,
        "The lock {Key} was lost ({Reason}), and job {Job} was performed to its end in spite of it. "
        + "Another owner may have held the lock meanwhile; the job ignored its cancellation token, and is retried.")]
    public static partial void PerformedWithoutLock(this ILogger logger, string key, LockLossReason? reason, string job);
}
