namespace Locks.Storage.Relational;

/// <summary>A row of the table <c>lock_waiters</c>, for reading. Like the holder's, a waiter's token has no property here.</summary>
public sealed class LockWaiterRow
{
    /// <summary>The lock it waits for.</summary>
    public Guid LockId { get; init; }

    /// <summary>Its ticket; the lowest of a lock is granted next.</summary>
    public long Ticket { get; init; }

    /// <summary>The attempt.</summary>
    public Guid AcquireId { get; init; }

    /// <summary>The waiter's name, for people to read.</summary>
    public required string Owner { get; init; }

    /// <summary>The duration it asked for, stored in microseconds.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>When it joined the queue.</summary>
    public DateTimeOffset QueuedAt { get; init; }

    /// <summary>When it gives up.</summary>
    public DateTimeOffset Deadline { get; init; }

    /// <summary>The client session that waits, if the client named it.</summary>
    public string? ClientId { get; init; }

    /// <summary>Where its grant is sent.</summary>
    public required string ReplyAddress { get; init; }

    /// <summary>The request id of the message that asked for the lock.</summary>
    public Guid? ReplyRequestId { get; init; }

    /// <summary>The lease that its grant is to live on; null when the grant is to have a duration of its own.</summary>
    public Guid? LeaseId { get; init; }

    /// <summary>Whether it may be granted in one cohort with other waiters of its session.</summary>
    public bool MayJoinCohort { get; init; }
}
