namespace Locks.Contracts;

/// <summary>
/// Many commands of one client in one message: what a command costs is mostly what its message costs. Each is decided, answered and, if
/// need be, refused by itself; the batch is only how they travel. Answered with <see cref="LockReplies"/>, each of which holds the replies
/// that are ready at the same time.
/// </summary>
/// <param name="BatchId">The name of this batch, chosen by the client: any UUID but the empty one.</param>
/// <param name="ReplyTo">The address for the replies: that of the client's own queue.</param>
/// <param name="Commands">The commands, 1 to <see cref="LockLimits.MaxBatch"/>. Those on one key are decided in this order.</param>
public sealed record LockCommands(Guid BatchId, string ReplyTo, IReadOnlyList<LockCommand> Commands);

/// <summary>One command of a batch: exactly one of the fields that hold a message is set.</summary>
public sealed record LockCommand
{
    /// <summary>
    /// The id that the reply names. Default: the attempt's id, for an acquire; absent for a command that is not answered.
    /// </summary>
    public Guid? RequestId { get; init; }

    /// <summary>Asks for a lock.</summary>
    public AcquireLock? Acquire { get; init; }

    /// <summary>Cancels an attempt.</summary>
    public CancelAcquire? Cancel { get; init; }

    /// <summary>Confirms a grant.</summary>
    public ConfirmGrant? Confirm { get; init; }

    /// <summary>Extends a lease.</summary>
    public RenewLock? Renew { get; init; }

    /// <summary>Releases a lock.</summary>
    public ReleaseLock? Release { get; init; }

    /// <summary>Takes a lock from its holder.</summary>
    public RevokeLock? Revoke { get; init; }

    /// <summary>Takes a waiter out of its queue.</summary>
    public CancelWaiter? CancelWaiter { get; init; }
}
