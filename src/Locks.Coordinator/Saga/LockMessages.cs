using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Saga;

/// <summary>What all messages about one lock have in common.</summary>
internal static class LockMessages
{
    /// <summary>The id of the lock that a message is about.</summary>
    public static Guid IdOf(object message) => LockKey.ToId(message switch
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
