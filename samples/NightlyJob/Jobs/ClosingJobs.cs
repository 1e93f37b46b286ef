using Locks.Quartz;
using Quartz;

namespace NightlyJob.Jobs;

/// <summary>What the jobs have in common. Which of them an instance has says what keeps the work from being done twice.</summary>
internal static class ClosingJobs
{
    public const string Key = "nightly-job:day-closing";

    /// <summary>In seconds. Decides how long the others wait when an instance is killed; the lock is renewed while the job runs.</summary>
    public const int Lease = 5;

    /// <summary>In seconds: more than a lease and a run.</summary>
    public const int LongestWait = 60;

    public static Type For(Guard guard) => guard switch
    {
        Guard.Wait => typeof(WaitingJob),
        Guard.Skip => typeof(SkippingJob),
        _ => typeof(UnguardedJob),
    };
}

/// <summary>Waits for its turn, and finds the work done, or resumes it where a killed instance left it.</summary>
[UseDistributedLock(ClosingJobs.Key, WaitSeconds = ClosingJobs.LongestWait, LeaseSeconds = ClosingJobs.Lease)]
internal sealed class WaitingJob(DayClosing closing) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await closing.CloseAsync(context.ScheduledFireTimeUtc!.Value, context.FencingToken(), cancellationToken);
}

/// <summary>Does not run while another instance does. What a killed instance leaves is left to the next due time.</summary>
[UseDistributedLock(ClosingJobs.Key, LeaseSeconds = ClosingJobs.Lease)]
internal sealed class SkippingJob(DayClosing closing) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await closing.CloseAsync(context.ScheduledFireTimeUtc!.Value, context.FencingToken(), cancellationToken);
}

/// <summary>Runs on every instance.</summary>
internal sealed class UnguardedJob(DayClosing closing) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await closing.CloseAsync(context.ScheduledFireTimeUtc!.Value, fence: 0, cancellationToken);
}
