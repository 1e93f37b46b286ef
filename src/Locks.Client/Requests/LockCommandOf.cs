using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>Puts messages about locks into the form that they have in a batch.</summary>
internal static class LockCommandOf
{
    /// <returns>The form; nothing for a message that travels alone.</returns>
    public static LockCommand? Message(object message, Guid? requestId) => message switch
    {
        AcquireLock acquire => new LockCommand { RequestId = requestId == acquire.AcquireId ? null : requestId, Acquire = acquire },
        ReleaseLock release => new LockCommand { RequestId = requestId, Release = release },
        RenewLock renew => new LockCommand { RequestId = requestId, Renew = renew },
        CancelAcquire cancel => new LockCommand { RequestId = requestId, Cancel = cancel },
        ConfirmGrant confirm => new LockCommand { RequestId = requestId, Confirm = confirm },
        RevokeLock revoke => new LockCommand { RequestId = requestId, Revoke = revoke },
        _ => null,
    };

    public static string KeyOf(LockCommand command) =>
        command.Acquire?.Key ?? command.Release?.Key ?? command.Renew?.Key ?? command.Cancel?.Key ?? command.Confirm?.Key ?? command.Revoke!.Key;
}
