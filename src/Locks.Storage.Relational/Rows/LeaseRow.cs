using Locks.Coordinator.Domain.Leases;

namespace Locks.Storage.Relational;

/// <summary>
/// A row of the table <c>leases</c>, for reading: a lease that several locks share and live and die with. Those locks name it in
/// <see cref="LockRow.HolderLeaseId"/>.
/// </summary>
public sealed class LeaseRow
{
    /// <summary>The value of <see cref="State"/> of a lease that lives.</summary>
    public const string Active = nameof(LeaseStage.Active);

    /// <summary>The value of <see cref="State"/> of a lease that has ended and whose locks are being released.</summary>
    public const string Ending = nameof(LeaseStage.Ending);

    /// <summary>The value of <see cref="State"/> of a lease that has ended and on which no lock is left.</summary>
    public const string Ended = nameof(LeaseStage.Ended);

    /// <summary>The lease's id.</summary>
    public Guid Id { get; init; }

    /// <summary><see cref="Active"/>, <see cref="Ending"/> or <see cref="Ended"/>.</summary>
    public required string State { get; init; }

    /// <summary>The row's version; rises with every write.</summary>
    public long Version { get; init; }

    /// <summary>
    /// The owner's name, for people to read; null, like all of the terms, when the lease was revoked before it was granted.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>The client session that asked for it, if the client named it.</summary>
    public string? ClientId { get; init; }

    /// <summary>The duration that was last asked for, stored in microseconds.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>When it was granted.</summary>
    public DateTimeOffset? GrantedAt { get; init; }

    /// <summary>When it ends unless it is renewed.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The address that is notified of its end, if the owner named one.</summary>
    public string? NotifyAddress { get; init; }

    /// <summary>The request id that goes with <see cref="NotifyAddress"/>.</summary>
    public Guid? NotifyRequestId { get; init; }

    /// <summary>Why it ended: one of <see cref="Contracts.LossReasons"/>.</summary>
    public string? EndReason { get; init; }

    /// <summary>The name of the one who revoked it; null when it expired.</summary>
    public string? EndedBy { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When something has to be done about it: its time is up, or locks are left to release.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The timer that is set for it.</summary>
    public Guid? DueTokenId { get; init; }

    /// <summary>When the row was written, by the clock of the coordinator that wrote it.</summary>
    public DateTimeOffset WrittenAt { get; init; }
}
