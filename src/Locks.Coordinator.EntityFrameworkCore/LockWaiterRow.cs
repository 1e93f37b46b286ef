namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>A row of the table <c>lock_waiters</c>, for reading. Like the holder's, a waiter's token has no property here.</summary>
public sealed class LockWaiterRow
{
    /// <summary>The lock it waits for.</summary>
    public Guid LockId { get; init; }

    /// <summary>Its ticket; the lowest is granted next.</summary>
    public long Ticket { get; init; }

    /// <summary>The attempt.</summary>
    public Guid AcquireId { get; init; }

    /// <summary>Who waits, for people.</summary>
    public required string Owner { get; init; }

    /// <summary>The lease it asked for, stored in microseconds.</summary>
    public TimeSpan Lease { get; init; }

    /// <summary>When it came into the line.</summary>
    public DateTimeOffset QueuedAt { get; init; }

    /// <summary>When it gives up.</summary>
    public DateTimeOffset Deadline { get; init; }

    /// <summary>The client session that waits, when it named itself.</summary>
    public string? ClientId { get; init; }

    /// <summary>Where its grant is sent.</summary>
    public required string ReplyAddress { get; init; }

    /// <summary>The request id of the message that asked.</summary>
    public Guid? ReplyRequestId { get; init; }

    /// <summary>The shared lease that its grant is to live on, if it is to have none of its own.</summary>
    public Guid? SharedLeaseId { get; init; }

    /// <summary>Whether it may be granted together with others of its session.</summary>
    public bool MayJoinCohort { get; init; }
}
