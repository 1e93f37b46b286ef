using Locks.Client;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Locks.Quartz;

/// <summary>The log messages of locked jobs. Quartz logs failures itself.</summary>
internal static partial class QuartzLog
{
    [LoggerMessage(1, LogLevel.Information, "Skipped job {Job}: {Owner} holds the lock {Key}.")]
    public static partial void Skipped(this ILogger logger, JobKey job, string key, string? owner);

    [LoggerMessage(2, LogLevel.Information,
        "Job {Job} is triggered once more in {Delay}, which is reschedule {Times}: {Owner} holds the lock {Key}.")]
    public static partial void Rescheduled(this ILogger logger, JobKey job, TimeSpan delay, int times, string key, string? owner);

    [LoggerMessage(3, LogLevel.Warning,
        "The lock {Key} was lost ({Reason}), and job {Job} ran to its end in spite of it. "
        + "Another owner may have held the lock meanwhile; the job ignored its cancellation token.")]
    public static partial void ExecutedWithoutLock(this ILogger logger, string key, LockLossReason? reason, JobKey job);

    [LoggerMessage(4, LogLevel.Warning, "Job {Job} could not be interrupted when its lock was lost.")]
    public static partial void NotInterrupted(this ILogger logger, JobKey job, Exception exception);
}
