using Locks.Client;
using Quartz;

namespace Locks.Quartz;

/// <summary>
/// Runs a job under a lock, so that of all instances that are triggered one runs it at a time. The lock is renewed while the job runs, and
/// released when it has ended, whatever the result. It takes effect on schedulers that are configured with
/// <c>UseDistributedLocks()</c>, and on no other.
/// </summary>
/// <remarks>
/// The job's cancellation token fires when the lock is lost, as it does when the job is interrupted. A job that ends with
/// <see cref="OperationCanceledException"/> then fails with <see cref="LockLostException"/>, as the cause of a
/// <see cref="JobExecutionException"/>; one that ends well in spite of it succeeds, with a warning in the log.
/// </remarks>
/// <param name="key">
/// The lock's key, where <c>{name}</c> stands for a value of the job's data (<see cref="IJobExecutionContext.MergedJobDataMap"/>). Default:
/// the job's own key, as <c>group.name</c>.
/// </param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class UseDistributedLockAttribute(string? key = null) : Attribute
{
    /// <summary>The template of the lock's key; <see langword="null"/> for the job's own key.</summary>
    public string? Key { get; } = key;

    /// <summary>What becomes of the job when the lock is busy. Default: it is skipped.</summary>
    public WhenBusy WhenBusy { get; set; }

    /// <summary>
    /// How long the job waits for a busy lock, in its queue, first in, first out: 0 to 86,400 s, default 0. Meanwhile it counts as running,
    /// and against the scheduler's limit of concurrent jobs.
    /// </summary>
    public int WaitSeconds { get; set; }

    /// <summary>How long until the job is triggered once more, with <see cref="WhenBusy.Reschedule"/>: 1 to 86,400 s, default 30 s.</summary>
    public int RescheduleSeconds { get; set; } = 30;

    /// <summary>How often it is triggered once more, with <see cref="WhenBusy.Reschedule"/>: 1 to 10,000 times, default 100.</summary>
    public int MaxReschedules { get; set; } = 100;

    /// <summary>
    /// The lock's lease: 1 to 86,400 s. Default: <see cref="LockClientOptions.DefaultLease"/>. It decides only how long a process that crashed
    /// keeps others waiting.
    /// </summary>
    public int LeaseSeconds { get; set; }

    /// <summary>
    /// How long the lock is kept from others at least, counted from the grant, however early the job ends: 0 to the lease, default 0. For a
    /// job that is done quickly and must not run again on another instance whose clock is behind.
    /// </summary>
    public int HoldAtLeastSeconds { get; set; }

    /// <summary>
    /// How long the job may run under its lock at most: its lease to 30 days. Default: no limit. Then its token fires, and the lock is not
    /// renewed any more (<see cref="LockOptions.MaxHold"/>).
    /// </summary>
    public int MaxHoldSeconds { get; set; }

    /// <summary>The lock's owner, for people: 1 to 256 UTF-8 bytes. Default: <see cref="LockClientOptions.Owner"/>.</summary>
    public string? Owner { get; set; }
}
