using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Pipeline;

/// <summary>Puts an answer into the form that it has in a batch.</summary>
internal static class LockReplyOf
{
    public static LockReply Message(object reply, Guid? requestId)
    {
        return reply switch
        {
            LockAcquired acquired => new LockReply { RequestId = Other(acquired.AcquireId), Acquired = acquired },
            LockDenied denied => new LockReply { RequestId = Other(denied.AcquireId), Denied = denied },
            LockQueued queued => new LockReply { RequestId = Other(queued.AcquireId), Queued = queued },
            LockRenewed renewed => new LockReply { RequestId = requestId, Renewed = renewed },
            LockLost lost => new LockReply { RequestId = requestId, Lost = lost },
            LockReleased released => new LockReply { RequestId = requestId, Released = released },
            LockNotHeld notHeld => new LockReply { RequestId = requestId, NotHeld = notHeld },
            LockRevoked revoked => new LockReply { RequestId = requestId, Revoked = revoked },
            CommandFailed failed => new LockReply { RequestId = requestId, Failed = failed },
            _ => throw new LockInvariantException($"a {reply.GetType().Name} is no answer"),
        };

        // The attempt's id is in the answer already.
        Guid? Other(Guid attempt) => requestId == attempt ? null : requestId;
    }
}
