using Locks.Coordinator.Domain;

namespace Locks.Storage.Relational;

/// <summary>
/// A row of the table <c>locks</c>, for reading. The holder's token is a column that has no property here, so that no query, log line or
/// page made from this type can show it.
/// </summary>
public sealed class LockRow
{
    /// <summary>The value of <see cref="State"/> of a lock without a holder.</summary>
    public const string Free = nameof(LockStage.Free);

    /// <summary>
    /// The value of <see cref="State"/> of a lock that was granted out of the queue and whose holder has not confirmed the grant.
    /// </summary>
    public const string Offered = nameof(LockStage.Offered);

    /// <summary>The value of <see cref="State"/> of a lock that has a holder.</summary>
    public const string Held = nameof(LockStage.Held);

    /// <summary>
    /// The value of <see cref="State"/> of a lock that its holder released with a cooldown: no one is granted it until
    /// <see cref="HolderExpiresAt"/>.
    /// </summary>
    public const string Cooling = nameof(LockStage.Cooling);

    /// <summary>The length of the longest state, with room for another.</summary>
    internal const int MaxStateLength = 8;

    /// <summary>The lock's id, made from its key (<see cref="Contracts.LockKey.ToId"/>).</summary>
    public Guid Id { get; init; }

    /// <summary>The lock's key.</summary>
    public required string Key { get; init; }

    /// <summary><see cref="Free"/>, <see cref="Offered"/>, <see cref="Held"/> or <see cref="Cooling"/>.</summary>
    public required string State { get; init; }

    /// <summary>The row's version; rises with every write.</summary>
    public long Version { get; init; }

    /// <summary>The highest fencing token that was granted; the holder's, while there is one, or that of its last member.</summary>
    public long LastFence { get; init; }

    /// <summary>The highest ticket that a waiter was given.</summary>
    public long LastTicket { get; init; }

    /// <summary>The attempt that holds the lock.</summary>
    public Guid? HolderAcquireId { get; init; }

    /// <summary>The holder's name, for people to read.</summary>
    public string? HolderOwner { get; init; }

    /// <summary>The duration that the holder asked for, stored in microseconds.</summary>
    public TimeSpan? HolderTtl { get; init; }

    /// <summary>When the lock was granted.</summary>
    public DateTimeOffset? HolderGrantedAt { get; init; }

    /// <summary>
    /// When the lock frees itself unless it is renewed. Of a lock on a lease (<see cref="HolderLeaseId"/>), when that lease ended as
    /// the coordinator last read it; it may have been renewed since (<see cref="LeaseRow.ExpiresAt"/>).
    /// </summary>
    public DateTimeOffset? HolderExpiresAt { get; init; }

    /// <summary>The client session that holds the lock, if the client named it.</summary>
    public string? HolderClientId { get; init; }

    /// <summary>The lease that the lock lives and dies with; null when the lock has a duration of its own.</summary>
    public Guid? HolderLeaseId { get; init; }

    /// <summary>The address that is notified when the holder loses the lock, if the holder named one.</summary>
    public string? HolderNotifyAddress { get; init; }

    /// <summary>The request id that goes with <see cref="HolderNotifyAddress"/>.</summary>
    public Guid? HolderNotifyRequestId { get; init; }

    /// <summary>When the holder released the lock; null unless it is <see cref="Cooling"/>.</summary>
    public DateTimeOffset? HolderReleasedAt { get; init; }

    /// <summary>When something happens by itself: the lock's time is up or a waiter gives up.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The timer that is set for it.</summary>
    public Guid? ExpiryTokenId { get; init; }

    /// <summary>When the row was written, by the clock of the coordinator that wrote it.</summary>
    public DateTimeOffset WrittenAt { get; init; }
}
