using Locks.Contracts;

namespace Locks.Coordinator.Hosting;

/// <summary>The limits of each message. The first broken one is told.</summary>
internal static class CommandValidation
{
    /// <summary>Of the batch itself; each command is checked, and refused, by itself.</summary>
    public static ValidationError? Check(LockCommands message) =>
        message.BatchId == Guid.Empty ? new ValidationError("BatchId", "is missing or empty; it must be a new UUID for each batch")
        : !Uri.IsWellFormedUriString(message.ReplyTo, UriKind.Absolute) ? new ValidationError("ReplyTo", "is missing or no address; it must be that of the sender's queue")
        : message.Commands is not { Count: >= 1 and <= LockLimits.MaxBatch }
            ? new ValidationError("Commands", $"has {message.Commands?.Count ?? 0} entries; it must have 1 to {LockLimits.MaxBatch}")
        : null;

    public static ValidationError? Check(AcquireLock message) =>
        LockLimits.CheckKey(message.Key)
        ?? LockLimits.CheckAcquireId(message.AcquireId)
        ?? LockLimits.CheckOwner(message.Owner)
        ?? LockLimits.CheckLease(message.Lease)
        ?? LockLimits.CheckWait(message.Wait)
        ?? LockLimits.CheckClientId(message.ClientId)
        ?? (message.LeaseId is { } leaseId ? LockLimits.CheckLeaseId(leaseId) : null);

    public static ValidationError? Check(ClientAlive message) =>
        LockLimits.CheckClientId(message.ClientId ?? "") ?? LockLimits.CheckInterval(message.Interval);

    public static ValidationError? Check(CancelAcquire message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckAcquireId(message.AcquireId);

    public static ValidationError? Check(ConfirmGrant message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckAcquireId(message.AcquireId);

    public static ValidationError? Check(RenewLock message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckOwnerToken(message.OwnerToken) ?? LockLimits.CheckLease(message.Lease);

    public static ValidationError? Check(ReleaseLock message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckOwnerToken(message.OwnerToken) ?? LockLimits.CheckCooldown(message.Cooldown);

    public static ValidationError? Check(RevokeLock message) =>
        LockLimits.CheckKey(message.Key) ?? LockLimits.CheckRevokeId(message.RevokeId) ?? LockLimits.CheckBy(message.By);

    public static ValidationError? Check(GrantLease message) =>
        LockLimits.CheckLeaseId(message.LeaseId)
        ?? LockLimits.CheckTtl(message.Ttl)
        ?? LockLimits.CheckOwner(message.Owner)
        ?? LockLimits.CheckClientId(message.ClientId);

    public static ValidationError? Check(RenewLease message) =>
        LockLimits.CheckLeaseId(message.LeaseId) ?? LockLimits.CheckTtl(message.Ttl) ?? LockLimits.CheckOwner(message.Owner);

    public static ValidationError? Check(RevokeLease message) =>
        LockLimits.CheckLeaseId(message.LeaseId) ?? LockLimits.CheckOwner(message.Owner);

    public static ValidationError? Check(DescribeLease message) => LockLimits.CheckLeaseId(message.LeaseId);

    public static ValidationError? Check(LeaseDue message) => LockLimits.CheckLeaseId(message.LeaseId);

    public static ValidationError? Check(LeaseExpired message) => LockLimits.CheckKey(message.Key);
}
