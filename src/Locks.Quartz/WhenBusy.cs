using Locks.Client;

namespace Locks.Quartz;

/// <summary>What becomes of a job whose lock is busy: held by another owner for as long as the job waits for it.</summary>
public enum WhenBusy
{
    /// <summary>The job is not run this time. For jobs that mean the same work on every instance, and that come again.</summary>
    Skip,

    /// <summary>
    /// The job is triggered once more, after a delay, and fails when that was done as often as allowed. For work that has to be done, in no
    /// hurry. A schedule that fires again meanwhile adds its own run.
    /// </summary>
    Reschedule,

    /// <summary>The job fails with <see cref="LockBusyException"/>, as the cause of a <c>JobExecutionException</c>.</summary>
    Fail,
}
