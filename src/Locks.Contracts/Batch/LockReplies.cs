namespace Locks.Contracts;

/// <summary>Many replies to one client in one message, for commands that came in batches.</summary>
/// <param name="Replies">The replies.</param>
/// <param name="Completed">The batches of which every command has now been decided. Absent when there is none.</param>
/// <param name="Partitions">
/// How many partitions' queues the coordinators read beside their common one (<see cref="LockPartitions"/>); 0 when there is only that one.
/// Absent where the number is unchanged, or not known yet.
/// </param>
/// <param name="Problem">
/// Why the coordinator can't serve commands of this client just now. Sent only to the address in the header <c>Locks-Problems-To</c> of the
/// message that it has trouble with. It answers nothing: the client repeats what stays unanswered, and knows why if that does not help.
/// </param>
public sealed record LockReplies(
    IReadOnlyList<LockReply> Replies, IReadOnlyList<Guid>? Completed = null, int? Partitions = null, CoordinatorProblem? Problem = null);

/// <summary>Why a coordinator can't serve commands just now.</summary>
/// <param name="Kind">One of <see cref="ProblemKinds"/>.</param>
/// <param name="Detail">What went wrong, for people to read.</param>
public sealed record CoordinatorProblem(string Kind, string Detail);

/// <summary>What a coordinator has trouble with. Words, so that an older client survives a newer coordinator's kind.</summary>
public static class ProblemKinds
{
    /// <summary>The store can't be reached, or does not answer. The coordinator tries again.</summary>
    public const string Store = "Store";

    /// <summary>A message failed on its way to the coordinator's consumers: in a filter of the application, or by a defect.</summary>
    public const string Pipeline = "Pipeline";

    /// <summary>A message could not be read.</summary>
    public const string Unreadable = "Unreadable";
}

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

    /// <summary>The waiter has left the queue.</summary>
    public WaiterCancelled? WaiterCancelled { get; init; }

    /// <summary>No such attempt waited.</summary>
    public WaiterNotFound? WaiterNotFound { get; init; }

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
