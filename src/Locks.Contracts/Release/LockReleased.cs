namespace Locks.Contracts;

/// <summary>
/// The lock was held by the caller and is now free, or somebody else's, or kept from everybody for as long as the caller asked
/// (<see cref="ReleaseLock.Cooldown"/>).
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">The fencing token of the grant that ended; of several that were granted together, the first.</param>
public sealed record LockReleased(string Key, long FencingToken);
