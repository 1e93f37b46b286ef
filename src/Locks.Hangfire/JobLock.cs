using System.Globalization;
using Hangfire.Common;
using Hangfire.Server;
using Hangfire.States;
using Locks.Client;
using Locks.Contracts;

namespace Locks.Hangfire;

/// <summary>How jobs are locked: what their attribute says, checked.</summary>
internal sealed class JobLock
{
    private const int Day = 86_400;
    private const int MostReschedules = 10_000;

    /// <summary>How often the job was scheduled in a row because its lock was busy; a parameter of the job.</summary>
    private const string ReschedulesName = "Locks.Reschedules";

    private static readonly int LongestHold = (int)TimeSpan.FromDays(30).TotalSeconds;

    private readonly UseDistributedLockAttribute _how;
    private readonly LockOptions _options;

    /// <exception cref="ArgumentException">A value is out of its range; the message names it, its value and the range.</exception>
    public JobLock(UseDistributedLockAttribute how)
    {
        Require(nameof(how.WaitSeconds), how.WaitSeconds, 0, Day);
        Require(nameof(how.RescheduleSeconds), how.RescheduleSeconds, 1, Day);
        Require(nameof(how.MaxReschedules), how.MaxReschedules, 1, MostReschedules);
        Require(nameof(how.LeaseSeconds), how.LeaseSeconds, 0, Day);
        Require(nameof(how.MaxHoldSeconds), how.MaxHoldSeconds, 0, LongestHold);

        _how = how;
        _options = new LockOptions
        {
            AutoRenew = true,
            Owner = how.Owner,
            Lease = Given(how.LeaseSeconds),
            MaxHold = Given(how.MaxHoldSeconds),
        };
        _options.Validate();
    }

    /// <summary>Acquires the lock of a job, or cancels or fails the job if it is busy.</summary>
    public void Acquire(PerformingContext context)
    {
        var (client, log) = LockServices.Current;
        var wait = TimeSpan.FromSeconds(_how.WaitSeconds);
        ILockHandle handle;
        try
        {
            handle = client.Acquire(KeyOf(context.BackgroundJob.Job), wait, _options, context.CancellationToken.ShutdownToken);
        }
        catch (LockTimeoutException busy) when (_how.WhenBusy == WhenBusy.Skip)
        {
            log.Skipped(context.BackgroundJob.Id, busy.Key, busy.Holder?.Owner);
            context.Canceled = true;
            return;
        }
        catch (LockTimeoutException busy)
        {
            throw new LockBusyException(busy.Key, holder: busy.Holder);
        }

        context.Items[HeldJobLock.Name] = new HeldJobLock(handle, context);
        if (context.GetJobParameter<int>(ReschedulesName, allowStale: true) > 0)
            context.SetJobParameter(ReschedulesName, 0);
    }

    /// <summary>Releases the lock of a job, if the job has it.</summary>
    public static void Release(PerformedContext context)
    {
        if (!context.Items.Remove(HeldJobLock.Name, out var item) || item is not HeldJobLock held)
            return;

        if (context.Exception is null && held.Handle.Lost.IsCancellationRequested)
            LockServices.Current.Log.PerformedWithoutLock(held.Handle.Key, held.Handle.Loss?.Reason, context.BackgroundJob.Id);
        held.Dispose();
    }

    /// <summary>Schedules a job that fails because its lock is busy, unless that was done often enough.</summary>
    public void Reschedule(ElectStateContext context)
    {
        if (_how.WhenBusy != WhenBusy.Reschedule
            || context.CandidateState is not FailedState { Exception: LockBusyException busy }
            || busy.Key != KeyOf(context.BackgroundJob.Job))
        {
            return;
        }

        var times = context.GetJobParameter<int>(ReschedulesName) + 1;
        if (times > _how.MaxReschedules)
            return;

        context.SetJobParameter(ReschedulesName, times);
        context.CandidateState = new ScheduledState(TimeSpan.FromSeconds(_how.RescheduleSeconds))
        {
            Reason = $"Reschedule {times} of {_how.MaxReschedules}: {busy.Message}",
        };
    }

    private string KeyOf(Job job)
    {
        if (_how.Key is not { } template)
            return LockKey.From($"{job.Type}.{job.Method.Name}");

        try
        {
            return LockKey.From(string.Format(CultureInfo.InvariantCulture, template, [.. job.Args]));
        }
        catch (FormatException exception)
        {
            throw new FormatException(
                $"The key '{template}' of a lock does not fit the job {job}, which has {job.Args.Count} arguments.", exception);
        }
    }

    private static TimeSpan? Given(int seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(
                name, value, $"{nameof(UseDistributedLockAttribute)}.{name} is '{value}'; it must be between {least} and {most}.");
        }
    }
}
