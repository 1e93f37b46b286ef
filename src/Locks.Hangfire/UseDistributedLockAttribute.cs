using Hangfire.Common;
using Hangfire.Server;
using Hangfire.States;
using Locks.Client;

namespace Locks.Hangfire;

/// <summary>
/// Performs a job under a lock, so that jobs with one key are performed one at a time, on whatever server and storage. On a method, a class,
/// an interface or, with <c>GlobalJobFilters</c>, on all jobs. The lock is renewed while the job is performed, and released when it has
/// ended, whatever the result. The application calls <c>UseDistributedLocks(provider)</c> once, where it configures Hangfire.
/// </summary>
/// <remarks>
/// <para>
/// When the lock is lost, the job gets the state Failed with <see cref="LockLostException"/> and is retried as any job that fails; Hangfire
/// aborts the one that is being performed as it does for any job whose state was changed. Its <see cref="CancellationToken"/> fires within the
/// server's <c>CancellationCheckInterval</c> (5 s by default), and its <c>IJobCancellationToken.ThrowIfCancellationRequested</c> throws from
/// then on. A job that has a parameter of the type <see cref="PerformContext"/> finds the lock there (<c>GetDistributedLock()</c>), whose
/// <see cref="ILockHandle.Lost"/> fires at once.
/// </para>
/// <para>A job that waits for its lock takes a worker of the server meanwhile.</para>
/// </remarks>
/// <param name="key">
/// The lock's key, where <c>{0}</c> stands for the first argument of the job, and so on, as in <see cref="string.Format(string, object[])"/>
/// with the invariant culture. Default: the job's type and method. A key that is no key of a lock becomes one by
/// <see cref="Contracts.LockKey.From"/>.
/// </param>
public sealed class UseDistributedLockAttribute(string? key = null) : JobFilterAttribute, IServerFilter, IElectStateFilter
{
    private JobLock? _lock;

    /// <summary>The template of the lock's key; <see langword="null"/> for the job's type and method.</summary>
    public string? Key { get; } = key;

    /// <summary>What becomes of the job when the lock is busy. Default: it fails, and is retried.</summary>
    public WhenBusy WhenBusy { get; set; }

    /// <summary>How long the job waits for a busy lock, in its queue, first in, first out: 0 to 86,400 s, default 0.</summary>
    public int WaitSeconds { get; set; }

    /// <summary>How long the job is scheduled for, with <see cref="WhenBusy.Reschedule"/>: 1 to 86,400 s, default 30 s.</summary>
    public int RescheduleSeconds { get; set; } = 30;

    /// <summary>How often it is rescheduled in a row, with <see cref="WhenBusy.Reschedule"/>: 1 to 10,000 times, default 100.</summary>
    public int MaxReschedules { get; set; } = 100;

    /// <summary>
    /// The lock's lease: 1 to 86,400 s. Default: <see cref="LockClientOptions.DefaultLease"/>. It decides only how long a process that crashed
    /// keeps others waiting.
    /// </summary>
    public int LeaseSeconds { get; set; }

    /// <summary>
    /// How long a job may be performed under its lock at most: its lease to 30 days. Default: no limit. Then the lock counts as lost, and is not
    /// renewed any more (<see cref="LockOptions.MaxHold"/>).
    /// </summary>
    public int MaxHoldSeconds { get; set; }

    /// <summary>The lock's owner, for people: 1 to 256 UTF-8 bytes. Default: <see cref="LockClientOptions.Owner"/>.</summary>
    public string? Owner { get; set; }

    // Made when it is needed, after the properties are set. Several threads may do so, and make the same.
    private JobLock Lock => _lock ??= new JobLock(this);

    /// <summary>Acquires the lock.</summary>
    /// <param name="context">The job.</param>
    public void OnPerforming(PerformingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Lock.Acquire(context);
    }

    /// <summary>Releases the lock.</summary>
    /// <param name="context">The job.</param>
    public void OnPerformed(PerformedContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        JobLock.Release(context);
    }

    /// <summary>Schedules a job that found its lock busy, in place of failing it.</summary>
    /// <param name="context">The job.</param>
    public void OnStateElection(ElectStateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Lock.Reschedule(context);
    }
}
