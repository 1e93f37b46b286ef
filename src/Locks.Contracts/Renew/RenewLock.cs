namespace Locks.Contracts;

/// <summary>
/// Extends a lock's lease, counted from the coordinator's now, and confirms a grant out of the queue. It never shortens a lease.
/// Answered with <see cref="LockRenewed"/> or <see cref="LockLost"/>.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="OwnerToken">The secret from <see cref="LockAcquired"/>.</param>
/// <param name="Lease">How long to hold the lock from now on: 100 ms to 24 h.</param>
public sealed record RenewLock(string Key, string OwnerToken, TimeSpan Lease)
{
    /// <summary>Describes the request without its secret.</summary>
    public override string ToString() => $"{nameof(RenewLock)} {{ Key = {Key}, Lease = {Lease} }}";
}
