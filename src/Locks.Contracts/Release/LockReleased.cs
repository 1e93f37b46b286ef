namespace Locks.Contracts;

/// <summary>
/// The caller held the lock and has released it: it is free now, or granted to the next waiter, or unavailable to all for the cooldown that
/// the caller asked for (<see cref="ReleaseLock.Cooldown"/>).
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">
/// The fencing token of the grant that ended; of several that were granted together, the first. 0 in the answer to a repeat, when the grant
/// is not known any more.
/// </param>
public sealed record LockReleased(string Key, long FencingToken);
