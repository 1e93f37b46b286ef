namespace Locks.Coordinator.Storage;

/// <summary>
/// Where locks are kept. Built for sets: a caller reads and commits as many locks at a time as it likes, and a provider does each with one
/// statement. Safety rests here: every write names the version that it was decided on, and a write whose version is no longer current is
/// refused, so that any number of coordinators may run at once.
/// </summary>
/// <remarks>
/// Every member throws <see cref="LockStoreUnavailableException"/> when the store can't be reached or fails in a way that may pass. After
/// one of those, a commit may or may not have happened.
/// </remarks>
internal interface ILockStore
{
    /// <summary>The shared leases of these locks.</summary>
    ILeaseStore Leases { get; }

    /// <summary>The locks as people look at them.</summary>
    ILockReader Reader { get; }

    /// <summary>
    /// Reads locks, each with its whole line and with the shared leases that its holder and its waiters name, in one consistent look. A
    /// lease that is not stored reads as <see cref="Domain.LeaseSnapshot.NotFound"/>.
    /// </summary>
    /// <param name="ids">The locks' ids (<see cref="Contracts.LockKey.ToId"/>), each once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that exist.</returns>
    Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Writes locks durably in one transaction. Each is written whole or not at all, and one that is refused does not hold up the others.
    /// </summary>
    /// <param name="writes">The writes, at most one for each lock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// The ids that were refused because their version is no longer current, or because the lease that they attach to has ended; nothing of
    /// theirs was written.
    /// </returns>
    Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken);

    /// <summary>Finds locks on which something has been due since before a moment, the longest overdue first.</summary>
    /// <param name="dueBefore">The moment.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes locks that have been free, with no waiters, since before a moment.</summary>
    /// <param name="idleSince">The moment.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were deleted.</returns>
    Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken);
}
