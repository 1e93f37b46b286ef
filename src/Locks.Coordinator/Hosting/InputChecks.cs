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
        ?? LockLimits.CheckClientId(message.ClientId);

    public static BadInput? Check(CancelAcquire message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckAcquireId(message.AcquireId);

    public static BadInput? Check(ConfirmGrant message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckAcquireId(message.AcquireId);

    public static BadInput? Check(RenewLock message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckOwnerToken(message.OwnerToken) ?? LockLimits.CheckLease(message.Lease);

    public static BadInput? Check(ReleaseLock message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckOwnerToken(message.OwnerToken);

    public static BadInput? Check(LeaseExpired message) => LockLimits.CheckKey(message.Key);
}
