namespace Locks.Contracts;

/// <summary>
/// Cancels an attempt: it leaves the queue if it waits, and releases the lock if it was granted meanwhile. A copy of its
/// <see cref="AcquireLock"/> that arrives later grants nothing. An attempt that was granted together with others
/// (<see cref="LockAcquired.Cohort"/>) stays granted: its session skips it. Not answered, unless it asks for the holder.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt to cancel.</param>
/// <param name="ReportHolder">
/// Whether to answer with a <see cref="LockDenied"/> for <see cref="DenyReasons.Ended"/> that says who holds the lock now. Default: no.
/// </param>
public sealed record CancelAcquire(string Key, Guid AcquireId, bool ReportHolder = false)
{
    /// <summary>Describes the message without its secret.</summary>
    public override string ToString() =>
        $"{nameof(CancelAcquire)} {{ Key = {Key}, AttemptId = {AttemptId.Of(AcquireId)}, ReportHolder = {ReportHolder} }}";
}
