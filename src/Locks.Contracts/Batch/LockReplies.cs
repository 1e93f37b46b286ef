namespace Locks.Contracts;

/// <summary>Many replies to one client in one message, for commands that came in batches.</summary>
/// <param name="Replies">The replies.</param>
/// <param name="Completed">The batches of which every command has now been decided. Absent when there is none.</param>
/// <param name="Partitions">
/// How many partitions' queues the coordinators read beside their common one (<see cref="LockPartitions"/>); 0 when there is only that one.
/// Absent where the number is unchanged, or not known yet.
/// </param>
public sealed record LockReplies(IReadOnlyList<LockReply> Replies, IReadOnlyList<Guid>? Completed = null, int? Partitions = null);

/// <summary>One reply: exactly one of the fields that hold a message is set.</summary>
public sealed record LockReply
{
    /// <summary>The id of the request that is answered. Absent where it is the id of the attempt that was granted or denied.</summary>
    public Guid? RequestId { get; init; }

    /// <summary>The lock is granted.</summary>
    public LockAcquired? Acquired { get; init; }

    /// <summary>The lock was not granted.</summary>
    public LockDenied? Denied { get; init; }

    /// <summary>The attempt waits in the queue.</summary>
    public LockQueued? Queued { get; init; }

    /// <summary>The lease was extended.</summary>
    public LockRenewed? Renewed { get; init; }

    /// <summary>The caller does not hold the lock any more.</summary>
    public LockLost? Lost { get; init; }

    /// <summary>The lock was released.</summary>
    public LockReleased? Released { get; init; }

    /// <summary>There was nothing to release, or to revoke.</summary>
    public LockNotHeld? NotHeld { get; init; }

    /// <summary>The lock was taken from its holder.</summary>
    public LockRevoked? Revoked { get; init; }

    /// <summary>The command could not be served.</summary>
    public CommandFailed? Failed { get; init; }
}

/// <summary>
/// A command was not served, because it breaks a limit, because this coordinator does not know it, or because of an error. It may or may
/// not have taken effect.
/// </summary>
/// <param name="Command">The command's name.</param>
/// <param name="Reason">Why: the field, what is wrong with it and the limit; or the error.</param>
public sealed record CommandFailed(string Command, string Reason);
