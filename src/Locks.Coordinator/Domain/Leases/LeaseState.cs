namespace Locks.Coordinator.Domain.Leases;

/// <summary>Where a shared lease is in its life.</summary>
public enum LeaseStage
{
    /// <summary>Nobody has asked for it yet.</summary>
    Unknown = 0,

    /// <summary>It lives, and locks may be granted on it.</summary>
    Active = 1,

    /// <summary>It has ended: its locks are as good as free, and are being passed on.</summary>
    Ending = 2,

    /// <summary>It has ended, and no lock is left on it.</summary>
    Ended = 3,
}

/// <summary>Everything there is to know about one shared lease; which locks are on it is for the locks to say. Immutable.</summary>
/// <param name="Id">The lease.</param>
/// <param name="Stage">Where it is in its life.</param>
/// <param name="Grant">What was asked for; absent when it was revoked before its request came.</param>
/// <param name="End">How it ended.</param>
public sealed record LeaseState(Guid Id, LeaseStage Stage, LeaseGrant? Grant, LeaseEnd? End)
{
    /// <summary>When something has to be done about it: its time is up, or locks are left to free.</summary>
    public DateTimeOffset? DueAt => Stage switch
    {
        LeaseStage.Active => Grant!.ExpiresAt,
        LeaseStage.Ending => End!.At,
        _ => null,
    };

    /// <summary>A lease that nobody has asked for yet.</summary>
    public static LeaseState NeverGranted(Guid id) => new(id, LeaseStage.Unknown, null, null);

    /// <summary>The lease as a lock sees it.</summary>
    public SharedLease AsSeenByLocks() => Grant is { } grant
        ? new SharedLease(Id, grant.ExpiresAt, HasEnded: Stage != LeaseStage.Active, grant.TellAt?.Address)
        : SharedLease.NotFound(Id);
}

/// <summary>The terms of a lease.</summary>
/// <param name="Owner">Who asked for it, for people.</param>
/// <param name="ClientId">The client session that asked, when it named itself.</param>
/// <param name="Ttl">How long it was last asked for.</param>
/// <param name="GrantedAt">When it was granted.</param>
/// <param name="ExpiresAt">When it ends unless it is renewed.</param>
/// <param name="TellAt">Where its owner is told of its end, when the owner named its session.</param>
public sealed record LeaseGrant(
    string Owner, string? ClientId, TimeSpan Ttl, DateTimeOffset GrantedAt, DateTimeOffset ExpiresAt, ReplyTo? TellAt)
{
    /// <summary>What of a time that was asked for can be promised, counted from the grant.</summary>
    public TimeSpan Announced(TimeSpan ttl) => ExpiresAt - GrantedAt is var lives && lives < ttl ? lives : ttl;

    /// <summary>Lives until at least <paramref name="ttl"/> from now. Never less than before: a renewal may arrive late.</summary>
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
public sealed record LeaseEnd(string Reason, string? By, DateTimeOffset At);
