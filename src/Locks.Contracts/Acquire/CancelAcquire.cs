namespace Locks.Contracts;

/// <summary>
/// Takes an attempt back: out of the line if it waits, out of the lock if it was granted meanwhile. A copy of its
/// <see cref="AcquireLock"/> that arrives later grants nothing. An attempt that was granted together with others (<see cref="LockAcquired.Cohort"/>) stays granted: its
/// session passes it over. Not answered.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt to take back.</param>
public sealed record CancelAcquire(string Key, Guid AcquireId);
