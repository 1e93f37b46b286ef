using System.Globalization;
using Locks.Client;
using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Extensibility;

namespace Locks.Quartz;

/// <summary>Runs a job under its lock, or does what its attribute says when the lock is busy.</summary>
internal sealed class LockedJob(JobScope scope, JobLock how, ILockClient locks, TimeProvider time, ILogger log) : IJob
{
    /// <summary>How often a trigger was made anew because its lock was busy; in the trigger's data.</summary>
    public const string ReschedulesName = "Locks.Reschedules";

    /// <summary>What the scheduler's own factory made.</summary>
    public JobScope Scope { get; } = scope;

    /// <summary>The lock that the job runs under, or ran under.</summary>
    public ILockHandle? Handle { get; private set; }

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        ILockHandle handle;
        try
        {
            handle = await locks.AcquireAsync(how.KeyOf(context), how.Wait, how.Options, cancellationToken).ConfigureAwait(false);
        }
        catch (LockTimeoutException busy)
        {
            await ApplyPolicyAsync(context, busy, cancellationToken).ConfigureAwait(false);
            return;
        }

        await using (handle.ConfigureAwait(false))
            await ExecuteAsync(context, handle, cancellationToken).ConfigureAwait(false);
    }

    private async Task ExecuteAsync(IJobExecutionContext context, ILockHandle handle, CancellationToken cancellationToken)
    {
        Handle = handle;
        using var interruption = handle.Lost.UnsafeRegister(_ => _ = InterruptAsync(context), null);
        try
        {
            await Scope.Job.Execute(context, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (handle.Lost.IsCancellationRequested)
        {
            throw new JobExecutionException(new LockLostException(handle.Key, handle.Loss));
        }

        if (handle.Lost.IsCancellationRequested)
            log.ExecutedWithoutLock(handle.Key, handle.Loss?.Reason, context.JobDetail.Key);
    }

    /// <summary>Fires the job's own token, the one that it is given and the one of its context.</summary>
    private async Task InterruptAsync(IJobExecutionContext context)
    {
        try
        {
            await context.Scheduler.InterruptFireInstance(context.FireInstanceId, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SchedulerException exception)
        {
            log.NotInterrupted(context.JobDetail.Key, exception);
        }
    }

    private async Task ApplyPolicyAsync(IJobExecutionContext context, LockTimeoutException busy, CancellationToken cancellationToken)
    {
        switch (how.WhenBusy)
        {
            case WhenBusy.Reschedule when ReschedulesOf(context) is var times && times < how.MaxReschedules:
                await context.Scheduler.ScheduleJob(NextTrigger(context, times + 1), cancellationToken: cancellationToken).ConfigureAwait(false);
                log.Rescheduled(context.JobDetail.Key, how.RescheduleDelay, times + 1, busy.Key, busy.Holder?.Owner);
                break;

            case WhenBusy.Reschedule or WhenBusy.Fail:
                throw new JobExecutionException(new LockBusyException(busy.Key, holder: busy.Holder));

            default:
                log.Skipped(context.JobDetail.Key, busy.Key, busy.Holder?.Owner);
                break;
        }
    }

    private ITrigger NextTrigger(IJobExecutionContext context, int times) => TriggerBuilder.Create()
        .ForJob(context.JobDetail.Key)
        .UsingJobData(new JobDataMap((IDictionary<string, object?>)context.Trigger.JobDataMap))
        .UsingJobData(ReschedulesName, times.ToString(CultureInfo.InvariantCulture))
        .WithPriority(context.Trigger.Priority)
        .StartAt(time.GetUtcNow() + how.RescheduleDelay)
        .Build();

    // As text: a job store may keep nothing else.
    private static int ReschedulesOf(IJobExecutionContext context) =>
        context.Trigger.JobDataMap.TryGetValue(ReschedulesName, out var times)
            ? int.Parse(times as string ?? "0", CultureInfo.InvariantCulture)
            : 0;
}
