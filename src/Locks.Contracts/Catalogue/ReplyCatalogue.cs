using System.Collections.Frozen;

namespace Locks.Contracts.Catalogue;

/// <summary>Every message that a coordinator sends to clients, with its field in a batch and its rule for the request id.</summary>
internal static class ReplyCatalogue
{
    /// <summary>The replies that travel in batches, the most frequent first: they are looked for in this order.</summary>
    public static readonly IReadOnlyList<BatchedReplyType> Batched =
    [
        new BatchedReplyType<LockAcquired>(
            reply => reply.Acquired,
            (message, requestId) => new LockReply { RequestId = requestId, Acquired = message },
            message => message.AcquireId),
        new BatchedReplyType<LockReleased>(
            reply => reply.Released, (message, requestId) => new LockReply { RequestId = requestId, Released = message }),
        new BatchedReplyType<LockRenewed>(
            reply => reply.Renewed, (message, requestId) => new LockReply { RequestId = requestId, Renewed = message }),
        new BatchedReplyType<LockDenied>(
            reply => reply.Denied,
            (message, requestId) => new LockReply { RequestId = requestId, Denied = message },
            message => message.AcquireId),
        new BatchedReplyType<LockQueued>(
            reply => reply.Queued,
            (message, requestId) => new LockReply { RequestId = requestId, Queued = message },
            message => message.AcquireId),
        new BatchedReplyType<LockLost>(
            reply => reply.Lost, (message, requestId) => new LockReply { RequestId = requestId, Lost = message }),
        new BatchedReplyType<LockNotHeld>(
            reply => reply.NotHeld, (message, requestId) => new LockReply { RequestId = requestId, NotHeld = message }),
        new BatchedReplyType<LockRevoked>(
            reply => reply.Revoked, (message, requestId) => new LockReply { RequestId = requestId, Revoked = message }),
        new BatchedReplyType<WaiterCancelled>(
            reply => reply.WaiterCancelled, (message, requestId) => new LockReply { RequestId = requestId, WaiterCancelled = message }),
        new BatchedReplyType<WaiterNotFound>(
            reply => reply.WaiterNotFound, (message, requestId) => new LockReply { RequestId = requestId, WaiterNotFound = message }),
        new BatchedReplyType<CommandFailed>(
            reply => reply.Failed, (message, requestId) => new LockReply { RequestId = requestId, Failed = message }),
    ];

    /// <summary>The replies about leases, which travel alone.</summary>
    public static readonly IReadOnlyList<SingleReplyType> Lease =
    [
        new SingleReplyType<LeaseGranted>(),
        new SingleReplyType<LeaseRenewed>(),
        new SingleReplyType<LeaseRevoked>(),
        new SingleReplyType<LeaseNotFound>(),
        new SingleReplyType<LeaseDescribed>(),
        new SingleReplyType<LeaseEnded>(),
    ];

    /// <summary>The replies about a client session, which travel alone.</summary>
    public static readonly IReadOnlyList<SingleReplyType> Session = [new SingleReplyType<ResendAcquires>()];

    /// <summary>The answers to queries, which travel alone.</summary>
    public static readonly IReadOnlyList<SingleReplyType> Queries =
    [
        new SingleReplyType<LockDescription>(),
        new SingleReplyType<LockPage>(),
        new SingleReplyType<LeasePage>(),
        new SingleReplyType<LockStatistics>(),
        new SingleReplyType<CoordinatorsDescription>(),
        new SingleReplyType<WaitForGraph>(),
    ];

    private static readonly FrozenDictionary<Type, BatchedReplyType> ByType = Batched.ToFrozenDictionary(type => type.MessageType);

    /// <summary>Every reply.</summary>
    public static IEnumerable<ReplyType> All => [.. Batched, .. Lease, .. Session, .. Queries];

    /// <summary>The row of the reply in a batch.</summary>
    /// <exception cref="UnknownMessageException">The reply is empty, or of a type that this version does not know.</exception>
    public static BatchedReplyType TypeOf(LockReply? reply)
    {
        if (reply is not null)
        {
            foreach (var type in Batched)
            {
                if (type.MessageIn(reply) is not null)
                    return type;
            }
        }

        throw new UnknownMessageException("The reply is of a kind that this client does not know.");
    }

    /// <summary>Puts a reply into the form that it has in a batch.</summary>
    /// <exception cref="UnknownMessageException">The message is no reply that travels in batches.</exception>
    public static LockReply Wrap(object message, Guid? requestId) =>
        ByType.TryGetValue(message.GetType(), out var type)
            ? type.Wrap(message, requestId)
            : throw new UnknownMessageException($"A {message.GetType().Name} is no reply that travels in a batch.");
}
