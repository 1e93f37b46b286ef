namespace Locks.Coordinator.Domain.Leases;

/// <summary>Where a shared lease is in its life.</summary>
internal enum LeaseStage
{
    /// <summary>No client has asked for the lease yet.</summary>
    Unknown = 0,

    /// <summary>The lease lives, and locks may be granted on it.</summary>
    Active = 1,

    /// <summary>The lease has ended. Its locks are as good as free, and are being released.</summary>
    Ending = 2,

    /// <summary>The lease has ended, and no lock is left on it.</summary>
    Ended = 3,
}

/// <summary>Everything that is known about one shared lease but the locks on it, which name the lease themselves. Immutable.</summary>
/// <param name="Id">The lease.</param>
/// <param name="Stage">Where it is in its life.</param>
/// <param name="Grant">The terms of the lease. Absent when it was revoked before its request arrived.</param>
/// <param name="End">How it ended.</param>
internal sealed record LeaseState(Guid Id, LeaseStage Stage, LeaseGrant? Grant, LeaseEnd? End)
{
    /// <summary>When something is due: the lease expires, or locks are left to release.</summary>
    public DateTimeOffset? DueAt => Stage switch
    {
        LeaseStage.Active => Grant!.ExpiresAt,
        LeaseStage.Ending => End!.At,
        _ => null,
    };

    /// <summary>A lease that no client has asked for yet.</summary>
    public static LeaseState NeverGranted(Guid id) => new(id, LeaseStage.Unknown, null, null);

    /// <summary>The lease as a lock sees it.</summary>
    public LeaseSnapshot AsSeenByLocks() => Grant is { } grant
        ? new LeaseSnapshot(Id, grant.ExpiresAt, HasEnded: Stage != LeaseStage.Active, grant.NotifyAt?.Address)
        : LeaseSnapshot.NotFound(Id);
}

/// <summary>The terms of a lease.</summary>
/// <param name="Owner">The owner of the lease, for people to read.</param>
/// <param name="ClientId">The client session that asked for the lease, when it named one.</param>
/// <param name="Ttl">The duration that was asked for last.</param>
/// <param name="GrantedAt">When it was granted.</param>
/// <param name="ExpiresAt">When it ends unless it is renewed.</param>
/// <param name="NotifyAt">Where the owner is notified of the end, when it named its session.</param>
internal sealed record LeaseGrant(
    string Owner, string? ClientId, TimeSpan Ttl, DateTimeOffset GrantedAt, DateTimeOffset ExpiresAt, ReplyTo? NotifyAt)
{
    /// <summary>The part of a duration that the reply can promise, counted from the grant.</summary>
    public TimeSpan Announced(TimeSpan ttl) => ExpiresAt - GrantedAt is var lives && lives < ttl ? lives : ttl;

    /// <summary>Lives until at least <paramref name="ttl"/> from now. The end never moves back, because a renewal may arrive late.</summary>
    public LeaseGrant ExtendedTo(DateTimeOffset now, TimeSpan ttl)
    {
        var end = now + ttl;
        return this with { Ttl = ttl, ExpiresAt = end > ExpiresAt ? end : ExpiresAt };
    }
}

/// <summary>How a lease ended.</summary>
/// <param name="Reason">One of <see cref="Contracts.LossReasons"/>.</param>
/// <param name="By">Who revoked it.</param>
/// <param name="At">When.</param>
internal sealed record LeaseEnd(string Reason, string? By, DateTimeOffset At);
