namespace Locks.Coordinator.Domain;

/// <summary>The grant that holds a lock now.</summary>
/// <param name="AcquireId">The attempt that was granted.</param>
/// <param name="Owner">Who holds the lock, for people.</param>
/// <param name="Token">The secret that proves it.</param>
/// <param name="FencingToken">The grant's number; rises strictly from grant to grant.</param>
/// <param name="Lease">The lease that was asked for.</param>
/// <param name="GrantedAt">When the grant was decided.</param>
/// <param name="ExpiresAt">
/// When the lock frees itself unless it is renewed. On a shared lease only an unconfirmed grant does; afterwards this is when the lease
/// ends, as it was read.
/// </param>
/// <param name="Confirmed">Whether the holder is known to have received the grant. One that did not wait always is.</param>
/// <param name="ClientId">The client session that holds it, when it named itself.</param>
/// <param name="TellAt">Where the holder is told that the lock was taken from it, when it named its session.</param>
/// <param name="SharedLease">The shared lease that the lock lives and dies with, instead of having one of its own.</param>
/// <param name="ReleasedAt">When the holder gave the lock back, if it is kept from everybody for a while after that.</param>
/// <param name="Cohort">Who was granted together with it and holds the lock after it, with the same token and on the same lease.</param>
public sealed record Holder(
    Guid AcquireId,
    string Owner,
    OwnerToken Token,
    long FencingToken,
    TimeSpan Lease,
    DateTimeOffset GrantedAt,
    DateTimeOffset ExpiresAt,
    bool Confirmed,
    string? ClientId,
    ReplyTo? TellAt = null,
    SharedLease? SharedLease = null,
    DateTimeOffset? ReleasedAt = null,
    Cohort? Cohort = null)
{
    /// <summary>
    /// The lease that the grant's announcement promises: the full one, what is left of a shared one, or the confirmation window of a grant
    /// out of the line. Counted from the grant, it never reaches beyond <see cref="ExpiresAt"/> or the shared lease, whatever confirmed the
    /// grant.
    /// </summary>
    public TimeSpan AnnouncedLease
    {
        get
        {
            var end = SharedLease is { } shared && shared.ExpiresAt < ExpiresAt ? shared.ExpiresAt : ExpiresAt;
            return end - GrantedAt is var held && held < Lease ? held : Lease;
        }
    }

    /// <summary>The highest fencing token of the grant: its own, or that of its last member.</summary>
    public long LastFence => Cohort?.LastFence ?? FencingToken;

    /// <summary>The fencing token of an attempt, if it was granted by this, alone or together with others.</summary>
    public long? FenceOf(Guid acquireId) => AcquireId == acquireId ? FencingToken : Cohort?.FenceOf(acquireId);

    /// <summary>Whether an attempt was granted by this, alone or together with others.</summary>
    public bool Has(Guid acquireId) => FenceOf(acquireId) is not null;

    /// <summary>Whether a fencing token is of this grant.</summary>
    public bool HasFence(long fence) => FencingToken <= fence && fence <= LastFence;

    /// <summary>When this lock's own time is up. A confirmed grant on a shared lease has none: the lease tells when it ends.</summary>
    public DateTimeOffset? DueAt => SharedLease is null || !Confirmed ? ExpiresAt : null;

    /// <summary>Whether the lock is over for this holder.</summary>
    public bool IsOverAt(DateTimeOffset now) => SharedLease is { HasEnded: true } || DueAt <= now;

    /// <summary>Holds the lock until at least <paramref name="lease"/> from now. Never less than before: a renewal may arrive late.</summary>
    public Holder ExtendedTo(DateTimeOffset now, TimeSpan lease)
    {
        if (SharedLease is { } shared)
            return this with { Confirmed = true, ExpiresAt = shared.ExpiresAt };

        var end = now + lease;
        return this with { Confirmed = true, ExpiresAt = end > ExpiresAt ? end : ExpiresAt };
    }

    /// <summary>The same grant with its shared lease as it is now.</summary>
    public Holder OnLease(SharedLease lease) => this with { SharedLease = lease, ExpiresAt = Confirmed ? lease.ExpiresAt : ExpiresAt };

    /// <summary>Gives the lock back, but keeps it from everybody for a while; never for longer than it was held for anyway.</summary>
    public Holder CooledDown(DateTimeOffset now, TimeSpan keep)
    {
        var end = now + keep;
        return this with
        {
            Confirmed = true,
            SharedLease = null,
            ReleasedAt = now,
            ExpiresAt = end < ExpiresAt ? end : ExpiresAt,
        };
    }
}
