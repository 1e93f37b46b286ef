namespace Locks.Coordinator.Domain;

/// <summary>The current grant of a lock.</summary>
/// <param name="AcquireId">The attempt that was granted.</param>
/// <param name="Owner">The owner that the attempt named, for people to read.</param>
/// <param name="Token">The secret that proves ownership.</param>
/// <param name="FencingToken">The number of the grant. It rises strictly from grant to grant.</param>
/// <param name="Ttl">The duration that was asked for.</param>
/// <param name="GrantedAt">When the grant was decided.</param>
/// <param name="ExpiresAt">
/// When the lock frees itself unless it is renewed. On a shared lease this bounds only an offer; after the confirmation it is when the lease
/// ends, as it was read last.
/// </param>
/// <param name="Stage">Offered, held or cooling; never free.</param>
/// <param name="ClientId">The client session of the attempt, when it named one.</param>
/// <param name="NotifyAt">Where the client is notified when it loses the lock. Absent when the attempt named no session.</param>
/// <param name="Lease">The shared lease that the lock lives and dies with. Absent when the lock has a duration of its own.</param>
/// <param name="ReleasedAt">When the holder released the lock; set while the lock is cooling.</param>
/// <param name="Cohort">The attempts that were granted together with this one and hold the lock after it, with the same token.</param>
internal sealed record Holder(
    Guid AcquireId,
    string Owner,
    OwnerToken Token,
    long FencingToken,
    TimeSpan Ttl,
    DateTimeOffset GrantedAt,
    DateTimeOffset ExpiresAt,
    LockStage Stage,
    string? ClientId,
    ReplyTo? NotifyAt = null,
    LeaseSnapshot? Lease = null,
    DateTimeOffset? ReleasedAt = null,
    Cohort? Cohort = null)
{
    /// <summary>
    /// The duration that the reply promises, counted from the grant: what was asked for, what is left of a shared lease, or the confirmation
    /// window of an offer. It never reaches beyond <see cref="ExpiresAt"/> or the shared lease, whatever confirmed the grant.
    /// </summary>
    public TimeSpan AnnouncedTtl
    {
        get
        {
            var end = Lease is { } lease && lease.ExpiresAt < ExpiresAt ? lease.ExpiresAt : ExpiresAt;
            return end - GrantedAt is var held && held < Ttl ? held : Ttl;
        }
    }

    /// <summary>When the grant ends unless it, or the shared lease that it lives on, is renewed.</summary>
    public DateTimeOffset EndsAt =>
        Lease is null || (Stage == LockStage.Offered && ExpiresAt < Lease.ExpiresAt) ? ExpiresAt : Lease.ExpiresAt;

    /// <summary>The stage to show: free as soon as the time of the grant is over, although nothing has decided it yet.</summary>
    public LockStage StageAt(DateTimeOffset now) => Lease is { HasEnded: true } || EndsAt <= now ? LockStage.Free : Stage;

    /// <summary>The highest fencing token of the grant: its own, or that of the last member of its cohort.</summary>
    public long LastFence => Cohort?.LastFence ?? FencingToken;

    /// <summary>How many attempts the grant is for: one, or as many as its cohort has members.</summary>
    public int Attempts => 1 + (Cohort?.Items.Length ?? 0);

    /// <summary>When the lock's own time is up. A confirmed grant on a shared lease has no such time: the lease says when it ends.</summary>
    public DateTimeOffset? DueAt => Lease is null || Stage == LockStage.Offered ? ExpiresAt : null;

    /// <summary>The fencing token of an attempt that was granted by this grant, alone or in its cohort.</summary>
    public long? FenceOf(Guid acquireId) => AcquireId == acquireId ? FencingToken : Cohort?.FenceOf(acquireId);

    /// <summary>Whether an attempt was granted by this grant, alone or in its cohort.</summary>
    public bool Has(Guid acquireId) => FenceOf(acquireId) is not null;

    /// <summary>Whether a fencing token belongs to this grant.</summary>
    public bool HasFence(long fence) => FencingToken <= fence && fence <= LastFence;

    /// <summary>Whether the grant is over.</summary>
    public bool IsOverAt(DateTimeOffset now) => Lease is { HasEnded: true } || DueAt <= now;

    /// <summary>
    /// Holds the lock for at least <paramref name="ttl"/> from now. The end never moves back, because a renewal may arrive late.
    /// </summary>
    public Holder ExtendedTo(DateTimeOffset now, TimeSpan ttl)
    {
        if (Lease is { } lease)
            return this with { Stage = LockStage.Held, ExpiresAt = lease.ExpiresAt };

        var end = now + ttl;
        return this with { Stage = LockStage.Held, ExpiresAt = end > ExpiresAt ? end : ExpiresAt };
    }

    /// <summary>The same grant with its shared lease as it was read now.</summary>
    public Holder OnLease(LeaseSnapshot lease) =>
        this with { Lease = lease, ExpiresAt = Stage == LockStage.Offered ? ExpiresAt : lease.ExpiresAt };

    /// <summary>Releases the lock and keeps it from others for a while, but never for longer than it was held for anyway.</summary>
    public Holder CooledDown(DateTimeOffset now, TimeSpan cooldown)
    {
        var end = now + cooldown;
        return this with
        {
            Stage = LockStage.Cooling,
            Lease = null,
            ReleasedAt = now,
            ExpiresAt = end < ExpiresAt ? end : ExpiresAt,
        };
    }
}
