using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Inbound;

/// <summary>Which lock a message is about.</summary>
internal static class LockCommandKeys
{
    /// <exception cref="LockInvariantException">The message is about no lock: a defect.</exception>
    public static Guid LockIdOf(object message) => LockKey.ToId(message switch
    {
        AcquireLock acquire => acquire.Key,
        CancelAcquire cancel => cancel.Key,
        ConfirmGrant confirm => confirm.Key,
        RenewLock renew => renew.Key,
        ReleaseLock release => release.Key,
        RevokeLock revoke => revoke.Key,
        LeaseExpired expired => expired.Key,
        _ => throw new LockInvariantException($"a {message.GetType().Name} is about no lock"),
    });
}
