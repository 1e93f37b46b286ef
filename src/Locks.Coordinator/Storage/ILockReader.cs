using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;

namespace Locks.Coordinator.Storage;

/// <summary>
/// Reads locks for people to look at, beside the store that decides. What it tells of one lock belongs together: its holder and its queue
/// are of one moment. The cost of a call is bounded whatever the number of locks, and no commit waits for it.
/// </summary>
/// <remarks>
/// Relational stores read no owner tokens: those of the holders and waiters here are absent. Every member throws
/// <see cref="LockStoreUnavailableException"/> when the store can't be reached or fails in a way that may pass.
/// </remarks>
internal interface ILockReader
{
    /// <summary>The kind of the store, for people to read.</summary>
    string StoreName { get; }

    /// <summary>Reads one lock.</summary>
    /// <param name="key">The lock's key.</param>
    /// <param name="waiters">How many of its waiters to read, from the first one on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lock, or <see langword="null"/> when it has no row.</returns>
    Task<InspectedLock?> FindAsync(string key, int waiters, CancellationToken cancellationToken);

    /// <summary>Reads locks in the order of their keys, by their UTF-8 bytes. SQL Server compares UTF-16 units.</summary>
    /// <param name="filter">Which locks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<InspectedPage<InspectedLock>> ListAsync(LockFilter filter, CancellationToken cancellationToken);

    /// <summary>Reads the shared leases that have not ended in the store, in the order of their grants.</summary>
    /// <param name="after">Only leases behind this place (<see cref="LeasePlace"/>); absent for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<InspectedPage<InspectedLease>> ListLeasesAsync(Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>Counts locks, waiters and leases.</summary>
    /// <param name="top">How many locks to read that stand out.</param>
    /// <param name="maxRows">How many rows of locks to count at most.</param>
    /// <param name="now">The store's time: locks and leases whose time is over by then are not counted as held.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<InspectedCounts> CountAsync(InspectedTop top, int maxRows, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Reads attempts that wait, each with the grant that it waits for, all of one moment; the longest waits first. A lock whose time is over
    /// is waited for no longer.
    /// </summary>
    /// <param name="since">Only attempts that have waited, and grants that have lasted, since then or before.</param>
    /// <param name="limit">How many attempts to read at most.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<InspectedWait>> ListWaitsAsync(
        DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>Which locks to list.</summary>
/// <param name="Prefix">What their keys begin with.</param>
/// <param name="Owner">The owner of their grant.</param>
/// <param name="Stage">Their stage as it is stored, or free because time has passed. Default: those in use.</param>
/// <param name="WaitingSince">Only locks for which an attempt has waited since then or before.</param>
/// <param name="After">Only keys behind this one.</param>
/// <param name="Limit">How many locks to return at most.</param>
/// <param name="Now">The store's time.</param>
/// <param name="MaxExamined">How many locks to look at before a page ends, full or not.</param>
internal sealed record LockFilter(
    string? Prefix,
    string? Owner,
    LockStage? Stage,
    DateTimeOffset? WaitingSince,
    string? After,
    int Limit,
    DateTimeOffset Now,
    int MaxExamined = LockFilter.DefaultMaxExamined)
{
    /// <summary>How many locks one page looks at: some ten milliseconds' worth.</summary>
    public const int DefaultMaxExamined = 5_000;

    /// <summary>Whether a lock is one of them, as far as its row and its lease tell.</summary>
    public bool Includes(InspectedLock found)
    {
        var stage = found.StageAt(Now);
        return (Owner is null || (stage != LockStage.Free && found.Holder!.Owner == Owner))
            && (Stage is { } wanted ? stage == wanted : stage != LockStage.Free || found.Waiters > 0)
            && (WaitingSince is not { } since || found.WaitingSince <= since);
    }
}

/// <summary>A lock as it was read.</summary>
/// <param name="Key">Its key.</param>
/// <param name="LastFence">The highest fencing token that was granted.</param>
/// <param name="Holder">The current grant, if there is one.</param>
/// <param name="Waiters">How many attempts wait.</param>
/// <param name="WaitingSince">Since when the first of them waits.</param>
/// <param name="Queue">The first of them; none where the queue was not asked for.</param>
/// <param name="Ended">The attempts that are over and still remembered; none where they were not asked for.</param>
internal sealed record InspectedLock(
    string Key,
    long LastFence,
    Holder? Holder,
    int Waiters,
    DateTimeOffset? WaitingSince,
    IReadOnlyList<Waiter> Queue,
    EndedAttempts Ended)
{
    /// <summary>Where the lock is in its life. One whose time is over is free, although nothing has decided it yet.</summary>
    public LockStage StageAt(DateTimeOffset now) => Holder?.StageAt(now) ?? LockStage.Free;
}

/// <summary>A shared lease as it was read.</summary>
/// <param name="State">The lease.</param>
/// <param name="Locks">How many locks are held on it.</param>
internal sealed record InspectedLease(LeaseState State, int Locks);

/// <summary>An attempt that waits for a lock, and the grant that it waits for.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt that waits.</param>
/// <param name="Waiter">What the attempt belongs to.</param>
/// <param name="QueuedAt">Since when it waits.</param>
/// <param name="HolderId">The attempt that holds the lock.</param>
/// <param name="Holder">What the grant belongs to.</param>
/// <param name="FencingToken">The fencing token of the grant.</param>
/// <param name="GrantedAt">Since when the lock is held.</param>
internal sealed record InspectedWait(
    string Key,
    Guid AcquireId,
    Contender Waiter,
    DateTimeOffset QueuedAt,
    Guid HolderId,
    Contender Holder,
    long FencingToken,
    DateTimeOffset GrantedAt)
{
    /// <summary>What an attempt belongs to. The id of a shared lease is a secret, so its fingerprint stands for it.</summary>
    public static Contender ContenderOf(string owner, string? clientId, Guid? leaseId) =>
        new(owner, clientId, LeaseFingerprint.Of(leaseId));
}

/// <summary>A part of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">The key of the last lock that was looked at, or the place of the last lease; absent when there are no more.</param>
internal sealed record InspectedPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Numbers about all locks.</summary>
/// <param name="Stages">How many locks are in each stage.</param>
/// <param name="Waiters">How many attempts wait.</param>
/// <param name="Contended">For how many locks.</param>
/// <param name="WaitingSince">Since when the one waits that has waited longest.</param>
/// <param name="MostContended">The locks with most waiters.</param>
/// <param name="LongestWaits">The locks whose first waiter has waited longest.</param>
/// <param name="OldestHolders">The locks that have been held longest.</param>
/// <param name="Leases">How many leases live.</param>
/// <param name="IsTruncated">Whether there were more rows of locks than were counted.</param>
internal sealed record InspectedCounts(
    IReadOnlyDictionary<LockStage, int> Stages,
    int Waiters,
    int Contended,
    DateTimeOffset? WaitingSince,
    IReadOnlyList<InspectedLock> MostContended,
    IReadOnlyList<InspectedLock> LongestWaits,
    IReadOnlyList<InspectedLock> OldestHolders,
    int Leases,
    bool IsTruncated);

/// <summary>How many locks a count names that stand out.</summary>
/// <param name="Contended">Those with most waiters.</param>
/// <param name="Waits">Those whose first waiter has waited longest.</param>
/// <param name="Holders">Those that have been held longest.</param>
internal readonly record struct InspectedTop(int Contended, int Waits, int Holders);
