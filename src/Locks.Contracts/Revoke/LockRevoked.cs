namespace Locks.Contracts;

/// <summary>The lock was taken from its holder, and is free or granted to the next waiter.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">The fencing token of the grant that was ended; of several that were granted together, the first. Absent in the
/// answer to a repeat.</param>
/// <param name="HolderOwner">The owner that held it; absent in the answer to a repeat.</param>
public sealed record LockRevoked(string Key, long? FencingToken = null, string? HolderOwner = null);
