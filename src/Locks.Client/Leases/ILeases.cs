namespace Locks.Client;

/// <summary>
/// Shared leases: many locks, also of many processes, that live and die together, and cost one renewal for all of them. Whoever knows a
/// lease's id may use it.
/// </summary>
/// <remarks>
/// All members refuse an empty id with <see cref="ArgumentException"/> before anything is sent, and throw
/// <see cref="LockUnavailableException"/> when there is no answer within <see cref="LockClientOptions.RequestTimeout"/>.
/// </remarks>
public interface ILeases
{
    /// <summary>Asks for a lease. It is not renewed unless somebody does (<see cref="KeepAliveAsync"/>, <see cref="RenewAsync"/>).</summary>
    /// <param name="ttl">How long it lives unless it is renewed: 100 ms to 24 h.</param>
    /// <param name="cancellationToken">Gives up; a lease that is granted all the same is revoked.</param>
    /// <exception cref="ArgumentException">The time is out of range.</exception>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<ILease> GrantAsync(TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>
    /// Extends a lease, and every lock on it, by its time to live from now on. One message, however many locks there are and however many
    /// callers ask at the same time.
    /// </summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether the lease lives on; if not, it and the locks on it are lost.</returns>
    /// <exception cref="LockUnavailableException">
    /// There was no answer within <see cref="LockClientOptions.RequestTimeout"/>, or within a third of the lease's time if that is shorter.
    /// </exception>
    Task<bool> RenewAsync(Guid leaseId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Renews a lease once, and from then on in the background, every third of its time: until the token fires, the lease is over, or
    /// nothing refers any more to the lease that this returns nor to a lock on it. (A reference to a <c>Lost</c> token alone does not count.)
    /// </summary>
    /// <param name="leaseId">The lease; another process may have been granted it.</param>
    /// <param name="cancellationToken">Stops the renewing. It does not revoke the lease.</param>
    /// <exception cref="LeaseNotFoundException">The lease is no more.</exception>
    /// <exception cref="LockUnavailableException">There was no answer to the first renewal.</exception>
    Task<ILease> KeepAliveAsync(Guid leaseId, CancellationToken cancellationToken = default);

    /// <summary>Asks what is left of a lease.</summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>What there is to know, or <see langword="null"/> when the lease is no more.</returns>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<LeaseTimeToLive?> TimeToLiveAsync(Guid leaseId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends a lease, and every lock on it. In this process they are lost before the coordinator is told, so that nobody here believes to
    /// hold what somebody else may be granted.
    /// </summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether there was such a lease.</returns>
    /// <exception cref="LockUnavailableException">There was no answer. The lease is over here, and ends by itself.</exception>
    Task<bool> RevokeAsync(Guid leaseId, CancellationToken cancellationToken = default);
}
