using Locks.Client;

namespace Locks.Hangfire;

/// <summary>What becomes of a job whose lock is busy: held by another owner for as long as the job waits for it.</summary>
public enum WhenBusy
{
    /// <summary>
    /// The job fails with <see cref="LockBusyException"/>, and is retried as any job that fails (<c>AutomaticRetry</c>), as with
    /// <c>DisableConcurrentExecution</c>.
    /// </summary>
    Fail,

    /// <summary>The job is not performed: it gets the state Deleted. For jobs that mean the same work, or that come again.</summary>
    Skip,

    /// <summary>The job gets the state Scheduled, for a while, and fails when that was done as often as allowed.</summary>
    Reschedule,
}
