using Locks.Contracts;

namespace Locks.Coordinator.Hosting;

/// <summary>The limits of each message. The first broken one is told.</summary>
internal static class InputChecks
{
    public static BadInput? Check(AcquireLock message) =>
        LockLimits.CheckKey(message.Key)
        ?? LockLimits.CheckAcquireId(message.AcquireId)
        ?? LockLimits.CheckOwner(message.Owner)
        ?? LockLimits.CheckLease(message.Lease)
        ?? LockLimits.CheckWait(message.Wait)
        ?? LockLimits.CheckClientId(message.ClientId)
        ?? (message.LeaseId is { } leaseId ? LockLimits.CheckLeaseId(leaseId) : null);

    public static BadInput? Check(CancelAcquire message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckAcquireId(message.AcquireId);

    public static BadInput? Check(ConfirmGrant message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckAcquireId(message.AcquireId);

    public static BadInput? Check(RenewLock message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckOwnerToken(message.OwnerToken) ?? LockLimits.CheckLease(message.Lease);

    public static BadInput? Check(ReleaseLock message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckOwnerToken(message.OwnerToken) ?? LockLimits.CheckKeepFor(message.KeepFor);

    public static BadInput? Check(RevokeLock message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckRevokeId(message.RevokeId) ?? LockLimits.CheckBy(message.By);

    public static BadInput? Check(GrantLease message) =>
        LockLimits.CheckLeaseId(message.LeaseId)
        ?? LockLimits.CheckTtl(message.Ttl)
        ?? LockLimits.CheckOwner(message.Owner)
        ?? LockLimits.CheckClientId(message.ClientId);

    public static BadInput? Check(RenewLease message) =>
        LockLimits.CheckLeaseId(message.LeaseId) ?? LockLimits.CheckTtl(message.Ttl) ?? LockLimits.CheckOwner(message.Owner);

    public static BadInput? Check(RevokeLease message) =>
        LockLimits.CheckLeaseId(message.LeaseId) ?? LockLimits.CheckOwner(message.Owner);

    public static BadInput? Check(DescribeLease message) => LockLimits.CheckLeaseId(message.LeaseId);

    public static BadInput? Check(LeaseDue message) => LockLimits.CheckLeaseId(message.LeaseId);

    public static BadInput? Check(LeaseExpired message) => LockLimits.CheckKey(message.Key);
}
