namespace Locks.Contracts;

/// <summary>The lock was held by the caller and is now free, or somebody else's.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">The fencing token of the grant that ended.</param>
public sealed record LockReleased(string Key, long FencingToken);
