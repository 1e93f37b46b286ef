namespace Locks.Contracts;

/// <summary>The lock is still held, and its lease runs at least <paramref name="Lease"/> from the moment of the commit.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">The grant's fencing token; renewing does not change it.</param>
/// <param name="Lease">The lease that was asked for.</param>
public sealed record LockRenewed(string Key, long FencingToken, TimeSpan Lease);
