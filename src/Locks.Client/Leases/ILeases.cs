using Locks.Contracts;

namespace Locks.Client;

/// <summary>
/// Shared leases: many locks, also of many processes, that end together, and cost one renewal for all of them. Any process that knows a
/// lease's id may use it.
/// </summary>
/// <remarks>
/// All members reject an empty id with <see cref="ArgumentException"/> before anything is sent, and throw
/// <see cref="LockUnavailableException"/> when there is no answer within <see cref="LockClientOptions.RequestTimeout"/>.
/// </remarks>
public interface ILeases
{
    /// <summary>
    /// Grants a new lease. It is not renewed unless the application does so (<see cref="KeepAliveAsync(Guid, CancellationToken)"/>,
    /// <see cref="RenewAsync"/>).
    /// </summary>
    /// <param name="ttl">How long the lease lives unless it is renewed: 100 ms to 24 h.</param>
    /// <param name="cancellationToken">Gives up; a lease that is granted all the same is revoked.</param>
    /// <exception cref="ArgumentException">The ttl is out of range.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILease> GrantAsync(TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>
    /// Extends a lease, and every lock on it, to its ttl from now on. One message, however many locks there are and however many
    /// callers ask at the same time.
    /// </summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether the lease lives on; if not, it and the locks on it are lost.</returns>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer within <see cref="LockClientOptions.RequestTimeout"/>, or within a third of the lease's time if that
    /// is shorter.
    /// </exception>
    Task<bool> RenewAsync(Guid leaseId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Renews a lease once, and from then on in the background, every third of its ttl: until the token fires, the lease has ended, or
    /// nothing refers any more to the lease that this returns nor to a lock on it. (A reference to a <c>Lost</c> token alone does not
    /// count.)
    /// </summary>
    /// <param name="leaseId">The lease; another process may have been granted it.</param>
    /// <param name="cancellationToken">Stops the renewing. It does not revoke the lease.</param>
    /// <exception cref="LeaseNotFoundException">The lease has ended.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer the first renewal in time.</exception>
    Task<ILease> KeepAliveAsync(Guid leaseId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Keeps a lease alive like <see cref="KeepAliveAsync(Guid, CancellationToken)"/>, but for a limited time, for work that may hang. Then
    /// it and the locks on it are lost in this process, with <see cref="LockLossReason.MaxHoldReached"/>, and it is not renewed here any
    /// more: it ends when its time is over, unless it is revoked before or another process renews it. The shortest limit counts if there
    /// are several.
    /// </summary>
    /// <param name="leaseId">The lease; another process may have been granted it.</param>
    /// <param name="maxHold">How long from now: the lease's ttl to 30 days.</param>
    /// <param name="cancellationToken">Stops the renewing. It does not revoke the lease, and does not end the limit.</param>
    /// <exception cref="ArgumentException">The limit is out of range.</exception>
    /// <exception cref="LeaseNotFoundException">The lease has ended.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer the first renewal in time.</exception>
    Task<ILease> KeepAliveAsync(Guid leaseId, TimeSpan maxHold, CancellationToken cancellationToken = default);

    /// <summary>Asks the coordinator what is left of a lease.</summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>The lease's description, or <see langword="null"/> when the lease has ended.</returns>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<LeaseTimeToLive?> TimeToLiveAsync(Guid leaseId, CancellationToken cancellationToken = default);

    /// <summary>Lists the shared leases that live, of all clients, page by page as they are enumerated.</summary>
    /// <param name="cancellationToken">Stops waiting for the answers.</param>
    /// <exception cref="LockUnavailableException">No coordinator answered in time; thrown while enumerating.</exception>
    IAsyncEnumerable<LeaseDescription> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a lease, and every lock on it. In this process they are lost before the request is sent, so that no holder here relies on a
    /// lock that another owner may be granted.
    /// </summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether there was such a lease.</returns>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in time. The lease has ended here, and ends by itself at the coordinator.
    /// </exception>
    Task<bool> RevokeAsync(Guid leaseId, CancellationToken cancellationToken = default);
}
