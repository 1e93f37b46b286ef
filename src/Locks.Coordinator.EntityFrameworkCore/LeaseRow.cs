using Locks.Coordinator.Domain.Leases;

namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>
/// A row of the table <c>leases</c>, for reading: a shared lease that locks live and die with. Which locks those are is in
/// <see cref="LockRow.HolderSharedLeaseId"/>.
/// </summary>
public sealed class LeaseRow
{
    /// <summary>The value of <see cref="State"/> while it lives.</summary>
    public const string Active = nameof(LeaseStage.Active);

    /// <summary>The value of <see cref="State"/> when it has ended and its locks are being passed on.</summary>
    public const string Ending = nameof(LeaseStage.Ending);

    /// <summary>The value of <see cref="State"/> when it has ended and no lock is left on it.</summary>
    public const string Ended = nameof(LeaseStage.Ended);

    /// <summary>The lease's id.</summary>
    public Guid Id { get; init; }

    /// <summary><see cref="Active"/>, <see cref="Ending"/> or <see cref="Ended"/>.</summary>
    public required string State { get; init; }

    /// <summary>The row's version; rises with every write.</summary>
    public long Version { get; init; }

    /// <summary>Who asked for it, for people; absent, like all of its terms, when it was revoked before it was granted.</summary>
    public string? Owner { get; init; }

    /// <summary>The client session that asked for it, when it named itself.</summary>
    public string? ClientId { get; init; }

    /// <summary>How long it was last asked for, stored in microseconds.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>When it was granted.</summary>
    public DateTimeOffset? GrantedAt { get; init; }

    /// <summary>When it ends unless it is renewed.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Where its owner is told of its end.</summary>
    public string? TellAddress { get; init; }

    /// <summary>The request id that goes with <see cref="TellAddress"/>.</summary>
    public Guid? TellRequestId { get; init; }

    /// <summary>Why it ended: one of <see cref="Contracts.LossReasons"/>.</summary>
    public string? EndReason { get; init; }

    /// <summary>Who revoked it.</summary>
    public string? EndedBy { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When something has to be done about it: its time is up, or locks are left to free.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The timer that is set for it.</summary>
    public Guid? DueTokenId { get; init; }

    /// <summary>When the row was written, by the clock of the coordinator that wrote it.</summary>
    public DateTimeOffset WrittenAt { get; init; }
}
