using Locks.Coordinator.Domain.Leases;

namespace Locks.Coordinator.Storage;

/// <summary>
/// Where shared leases are kept, beside the locks and in the same transactions: a lock is granted on a lease, and a waiter queued for it, only
/// if the lease has not ended when that is stored (<see cref="LockWrite.AttachesTo"/>). Writes are checked by version like those of locks.
/// </summary>
/// <remarks>
/// Every member throws <see cref="LockStoreUnavailableException"/> when the store can't be reached or fails in a way that may pass. After
/// one of those, a commit may or may not have happened.
/// </remarks>
internal interface ILeaseStore
{
    /// <summary>Reads leases.</summary>
    /// <param name="ids">The leases, each once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that exist.</returns>
    Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Writes leases durably in one transaction. A write that ends a lease waits for every commit that is just attaching a lock to it, so that
    /// <see cref="FindLocksAsync"/> and <see cref="FindWaitedForAsync"/> find them all from then on.
    /// </summary>
    /// <param name="writes">The writes, at most one for each lease.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The ids that were refused because their version is no longer current; nothing of theirs was written.</returns>
    Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken);

    /// <summary>Finds locks that are held on a lease, those with waiters first.</summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The locks' ids.</returns>
    Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken);

    /// <summary>Finds locks with waiters whose grant is to live on a lease, whoever holds them.</summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The locks' ids, each once.</returns>
    Task<IReadOnlyList<Guid>> FindWaitedForAsync(Guid leaseId, int limit, CancellationToken cancellationToken);

    /// <summary>How many locks are held on a lease.</summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken);

    /// <summary>Finds leases on which something has been due since before a moment, the longest overdue first.</summary>
    /// <param name="dueBefore">The moment.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes leases that have ended, with no lock left on them, and were not written since a moment.</summary>
    /// <param name="endedSince">The moment.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were deleted.</returns>
    Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken);
}

/// <summary>A shared lease as it is stored.</summary>
/// <param name="Version">The version to name when it is written again.</param>
/// <param name="State">The lease.</param>
/// <param name="DueTokenId">The timer that is set for it, as the state machine knows it.</param>
internal sealed record StoredLease(long Version, LeaseState State, Guid? DueTokenId);

/// <summary>One shared lease's new state.</summary>
/// <param name="ExpectedVersion">The version that the new state was decided on; 0 when the lease was not stored.</param>
/// <param name="NewVersion">The version that it gets.</param>
/// <param name="State">The new state.</param>
/// <param name="DueTokenId">The timer that is set for it.</param>
/// <param name="WrittenAt">The coordinator's time.</param>
internal sealed record LeaseWrite(long ExpectedVersion, long NewVersion, LeaseState State, Guid? DueTokenId, DateTimeOffset WrittenAt);

/// <summary>A shared lease on which something is overdue.</summary>
/// <param name="Id">The lease.</param>
/// <param name="DueAt">Since when.</param>
internal sealed record OverdueLease(Guid Id, DateTimeOffset DueAt);
