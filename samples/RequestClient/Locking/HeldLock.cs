namespace RequestClient.Locking;

/// <summary>A lock that the coordinator has granted.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt that was granted. A secret.</param>
/// <param name="OwnerToken">What proves ownership. A secret, too: neither is logged or sent to other services.</param>
/// <param name="FencingToken">For the guarded resource, which refuses a lower one than it has seen. No secret.</param>
/// <param name="Lease">How long the lock is held from a renewal on.</param>
/// <param name="Deadline">The timestamp at which this process has to count the lock as lost, unless it renews it.</param>
internal sealed record HeldLock(string Key, Guid AcquireId, string OwnerToken, long FencingToken, TimeSpan Lease, long Deadline);
