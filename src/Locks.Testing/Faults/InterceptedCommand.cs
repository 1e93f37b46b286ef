using Locks.Contracts;

namespace Locks.Testing.Faults;

/// <summary>What a client wants, at the coordinator's door.</summary>
/// <param name="Name">The command's name.</param>
/// <param name="Key">The lock that it is about, if it is about one.</param>
/// <param name="LeaseId">The shared lease that it is about, if it is about one.</param>
/// <param name="IsRenewal">Whether it extends a lease.</param>
internal sealed record InterceptedCommand(string Name, string? Key, Guid? LeaseId, bool IsRenewal)
{
    /// <summary>A message of its own.</summary>
    public static InterceptedCommand Of(object message) => message switch
    {
        AcquireLock acquire => OfLock(message, acquire.Key),
        CancelAcquire cancel => OfLock(message, cancel.Key),
        ConfirmGrant confirm => OfLock(message, confirm.Key) with { IsRenewal = true },
        RenewLock renew => OfLock(message, renew.Key) with { IsRenewal = true },
        ReleaseLock release => OfLock(message, release.Key),
        RevokeLock revoke => OfLock(message, revoke.Key),
        GrantLease grant => OfLease(message, grant.LeaseId),
        RenewLease renew => OfLease(message, renew.LeaseId) with { IsRenewal = true },
        RevokeLease revoke => OfLease(message, revoke.LeaseId),
        DescribeLease describe => OfLease(message, describe.LeaseId),
        _ => new InterceptedCommand(message.GetType().Name, Key: null, LeaseId: null, IsRenewal: false),
    };

    /// <summary>One command of a batch.</summary>
    public static InterceptedCommand Of(LockCommand command) => Of(
        command.Acquire ?? command.Cancel ?? command.Confirm ?? command.Renew ?? command.Release ?? (object?)command.Revoke ?? command);

    private static InterceptedCommand OfLock(object message, string key) => new(message.GetType().Name, key, LeaseId: null, IsRenewal: false);

    private static InterceptedCommand OfLease(object message, Guid id) => new(message.GetType().Name, Key: null, id, IsRenewal: false);
}
