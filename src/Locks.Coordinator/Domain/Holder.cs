namespace Locks.Coordinator.Domain;

/// <summary>The grant that holds a lock now.</summary>
/// <param name="AcquireId">The attempt that was granted.</param>
/// <param name="Owner">Who holds the lock, for people.</param>
/// <param name="Token">The secret that proves it.</param>
/// <param name="FencingToken">The grant's number; rises strictly from grant to grant.</param>
/// <param name="Lease">The lease that was asked for.</param>
/// <param name="GrantedAt">When the grant was decided.</param>
/// <param name="ExpiresAt">When the lock frees itself unless it is renewed.</param>
/// <param name="Confirmed">Whether the holder is known to have received the grant. One that did not wait always is.</param>
/// <param name="ClientId">The client session that holds it, when it named itself.</param>
public sealed record Holder(
    Guid AcquireId,
    string Owner,
    OwnerToken Token,
    long FencingToken,
    TimeSpan Lease,
    DateTimeOffset GrantedAt,
    DateTimeOffset ExpiresAt,
    bool Confirmed,
    string? ClientId)
{
    /// <summary>
    /// The lease that the grant's announcement promises: the full one, or the confirmation window of a grant out of the line. Counted from
    /// the grant, it never reaches beyond <see cref="ExpiresAt"/>, whatever confirmed the grant.
    /// </summary>
    public TimeSpan AnnouncedLease => ExpiresAt - GrantedAt is var held && held < Lease ? held : Lease;

    /// <summary>Holds the lock until at least <paramref name="lease"/> from now. Never less than before: a renewal may arrive late.</summary>
    public Holder ExtendedTo(DateTimeOffset now, TimeSpan lease)
    {
        var end = now + lease;
        return this with { Confirmed = true, ExpiresAt = end > ExpiresAt ? end : ExpiresAt };
    }
}
