namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>
/// A row of the table <c>locks</c>, for reading. The holder's token is a column that has no property here, so that no query, log line or
/// page made from this type can show it.
/// </summary>
public sealed class LockRow
{
    /// <summary>The value of <see cref="State"/> when nobody holds the lock.</summary>
    public const string Free = "Free";

    /// <summary>The value of <see cref="State"/> when somebody holds the lock.</summary>
    public const string Held = "Held";

    /// <summary>The lock's id, made from its key (<see cref="Contracts.LockKey.ToId"/>).</summary>
    public Guid Id { get; init; }

    /// <summary>The lock's key.</summary>
    public required string Key { get; init; }

    /// <summary><see cref="Free"/> or <see cref="Held"/>.</summary>
    public required string State { get; init; }

    /// <summary>The row's version; rises with every write.</summary>
    public long Version { get; init; }

    /// <summary>The highest fencing token that was granted; the holder's, while there is one, or that of its last member.</summary>
    public long LastFence { get; init; }

    /// <summary>The highest ticket that a waiter drew.</summary>
    public long LastTicket { get; init; }

    /// <summary>The attempt that holds the lock.</summary>
    public Guid? HolderAcquireId { get; init; }

    /// <summary>Who holds the lock, for people.</summary>
    public string? HolderOwner { get; init; }

    /// <summary>The lease that was asked for, stored in microseconds.</summary>
    public TimeSpan? HolderLease { get; init; }

    /// <summary>When the lock was granted.</summary>
    public DateTimeOffset? HolderGrantedAt { get; init; }

    /// <summary>
    /// When the lock frees itself unless it is renewed. On a shared lease (<see cref="HolderSharedLeaseId"/>), when that ended as it was last
    /// read here; it may have been renewed since (<see cref="LeaseRow.ExpiresAt"/>).
    /// </summary>
    public DateTimeOffset? HolderExpiresAt { get; init; }

    /// <summary>Whether the holder is known to have received the grant.</summary>
    public bool? HolderConfirmed { get; init; }

    /// <summary>The client session that holds the lock, when it named itself.</summary>
    public string? HolderClientId { get; init; }

    /// <summary>The shared lease that the lock lives and dies with, if it has none of its own.</summary>
    public Guid? HolderSharedLeaseId { get; init; }

    /// <summary>Where the holder is told that the lock was taken from it.</summary>
    public string? HolderTellAddress { get; init; }

    /// <summary>The request id that goes with <see cref="HolderTellAddress"/>.</summary>
    public Guid? HolderTellRequestId { get; init; }

    /// <summary>When the holder gave the lock back, if it is kept from everybody until <see cref="HolderExpiresAt"/>.</summary>
    public DateTimeOffset? HolderReleasedAt { get; init; }

    /// <summary>When something happens by itself: the lease ends or a waiter gives up.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The timer that is set for it.</summary>
    public Guid? ExpiryTokenId { get; init; }

    /// <summary>When the row was written, by the clock of the coordinator that wrote it.</summary>
    public DateTimeOffset WrittenAt { get; init; }
}
