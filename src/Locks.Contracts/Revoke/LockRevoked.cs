namespace Locks.Contracts;

/// <summary>The lock was taken from its holder, and is free or somebody else's.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">The fencing token of the grant that was ended.</param>
/// <param name="HolderOwner">Who held it.</param>
public sealed record LockRevoked(string Key, long FencingToken, string HolderOwner);
