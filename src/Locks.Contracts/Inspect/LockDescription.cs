namespace Locks.Contracts;

/// <summary>
/// One lock as it was stored at one moment while the query was answered: its holder and its queue belong together. It may be out of date
/// when it arrives, so decide nothing by it. It has no owner token, no acquire id, which leads to one, and no id of a shared lease: attempts
/// have their public ids (<see cref="AttemptId"/>), and leases their fingerprints (<see cref="LeaseFingerprint"/>).
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="State">One of <see cref="LockStates"/>. A lock whose lease is over is <see cref="LockStates.Free"/>.</param>
/// <param name="At">The store's time of the answer, in UTC. Every duration here is counted from it.</param>
/// <param name="LastFencingToken">The highest fencing token that was granted; 0 when none is known.</param>
/// <param name="Holder">The current grant. Absent when the lock is free.</param>
/// <param name="Waiters">How many attempts wait in the queue, all of them counted.</param>
/// <param name="Queue">
/// The first of them, in the order in which they are granted: at most <see cref="LockLimits.MaxDescribedWaiters"/>.
/// </param>
/// <param name="History">
/// The attempts that ended last, the latest first: those that the lock remembers (<c>AttemptsRemembered</c> of each kind).
/// </param>
public sealed record LockDescription(
    string Key,
    string State,
    DateTimeOffset At,
    long LastFencingToken,
    HolderDescription? Holder,
    int Waiters,
    IReadOnlyList<WaiterDescription> Queue,
    IReadOnlyList<EndedAttemptDescription> History);

/// <summary>The current grant of a lock.</summary>
/// <param name="AttemptId">The attempt that was granted, by its public id.</param>
/// <param name="Owner">The owner that the attempt named.</param>
/// <param name="FencingToken">The fencing token of the grant; of a cohort, that of its first member.</param>
/// <param name="GrantedAt">Since when it holds the lock, in UTC.</param>
/// <param name="HeldFor">How long it has held the lock.</param>
/// <param name="Ttl">The lease that it asked for.</param>
/// <param name="ExpiresAt">
/// When the lock frees itself unless it is renewed, in UTC; of a lock that is cooling, when the cooldown ends.
/// </param>
/// <param name="TimeLeft">How long that is from now.</param>
/// <param name="RenewedAt">
/// When its lease was extended last, in UTC. Absent when it was not yet, or the lock lives on a shared lease, which is renewed in its
/// place. It follows from <paramref name="ExpiresAt"/> and <paramref name="Ttl"/>: a renewal for another duration shows as if it were for
/// this one.
/// </param>
/// <param name="ClientId">The client's session, where the attempt named one.</param>
/// <param name="LeaseFingerprint">
/// The shared lease that the lock lives on, by its fingerprint (<see cref="Contracts.LeaseFingerprint"/>). Absent where it has a lease of its
/// own.
/// </param>
/// <param name="ReleasedAt">When the holder released the lock, in UTC, where it is cooling.</param>
/// <param name="Cohort">
/// The attempts of the same session that hold the lock after this one, on the same grant. Absent when there are none.
/// </param>
public sealed record HolderDescription(
    Guid AttemptId,
    string Owner,
    long FencingToken,
    DateTimeOffset GrantedAt,
    TimeSpan HeldFor,
    TimeSpan Ttl,
    DateTimeOffset ExpiresAt,
    TimeSpan TimeLeft,
    DateTimeOffset? RenewedAt = null,
    string? ClientId = null,
    Guid? LeaseFingerprint = null,
    DateTimeOffset? ReleasedAt = null,
    IReadOnlyList<CohortMemberDescription>? Cohort = null);

/// <summary>An attempt that holds a lock after those before it, on the same grant.</summary>
/// <param name="AttemptId">The attempt, by its public id.</param>
/// <param name="FencingToken">Its own fencing token, higher than that of every member before it.</param>
public sealed record CohortMemberDescription(Guid AttemptId, long FencingToken);

/// <summary>An attempt that waits in a lock's queue.</summary>
/// <param name="Rank">Its position now: 1 is granted next.</param>
/// <param name="AttemptId">The attempt, by its public id. <see cref="CancelWaiter"/> takes it out of the queue.</param>
/// <param name="Owner">The owner that the attempt named.</param>
/// <param name="QueuedAt">When it entered the queue, in UTC.</param>
/// <param name="WaitedFor">How long it has waited.</param>
/// <param name="Deadline">When its wait ends, in UTC.</param>
/// <param name="TimeLeft">How long that is from now.</param>
/// <param name="ClientId">The client's session, where the attempt named one.</param>
/// <param name="LeaseFingerprint">The shared lease that its grant is to live on, by its fingerprint.</param>
public sealed record WaiterDescription(
    int Rank,
    Guid AttemptId,
    string Owner,
    DateTimeOffset QueuedAt,
    TimeSpan WaitedFor,
    DateTimeOffset Deadline,
    TimeSpan TimeLeft,
    string? ClientId = null,
    Guid? LeaseFingerprint = null);

/// <summary>An attempt at a lock that is over.</summary>
/// <param name="AttemptId">The attempt, or the revocation where it was one, by its public id.</param>
/// <param name="Ending">One of <see cref="AttemptEndings"/>. Show a value that you do not know as it is.</param>
/// <param name="EndedAt">When it ended, in UTC.</param>
/// <param name="Owner">
/// The owner that the attempt named; of a revocation, who it was by. One that is longer than 64 UTF-8 bytes is cut, and then ends with an
/// ellipsis. Absent where it is not known: the attempt was cancelled before its request arrived, or ended under an older version.
/// </param>
/// <param name="FencingToken">The fencing token that it was granted. Absent where it was not granted, or ended under an older version.</param>
/// <param name="GrantedAt">
/// Since when it held the lock, in UTC; a member of a cohort, since when its cohort did. Absent where <paramref name="FencingToken"/> is.
/// </param>
public sealed record EndedAttemptDescription(
    Guid AttemptId,
    string Ending,
    DateTimeOffset EndedAt,
    string? Owner = null,
    long? FencingToken = null,
    DateTimeOffset? GrantedAt = null);
