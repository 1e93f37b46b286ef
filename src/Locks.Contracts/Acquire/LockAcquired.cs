namespace Locks.Contracts;

/// <summary>The lock is granted, and the grant is durable.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt that was granted.</param>
/// <param name="OwnerToken">
/// The secret that proves ownership in <see cref="RenewLock"/> and <see cref="ReleaseLock"/>. Never log it.
/// </param>
/// <param name="FencingToken">
/// A number that strictly rises from grant to grant of one key. Hand it to the guarded resource and let the resource refuse a lower one
/// (Kleppmann, "How to do distributed locking", 2016).
/// </param>
/// <param name="Lease">
/// How long the lock is held from the grant on: the lease that was asked for, or the confirmation window for a caller that waited. A caller
/// that waited can't know since when the window runs: confirm with <see cref="RenewLock"/>, and count its lease from before that was sent.
/// </param>
/// <param name="Cohort">
/// The attempts that hold the lock after this one, in this order: all of them asked with <see cref="AcquireLock.MayJoinCohort"/>. The
/// session hands the lock from one to the next by itself; <paramref name="OwnerToken"/> and the lease are those of all of them, and the
/// last one releases the lock. Absent when there are none.
/// </param>
/// <param name="OthersWait">Whether an attempt of another session was next in the queue behind them when this was sent.</param>
public sealed record LockAcquired(
    string Key,
    Guid AcquireId,
    string OwnerToken,
    long FencingToken,
    TimeSpan Lease,
    IReadOnlyList<CohortMember>? Cohort = null,
    bool OthersWait = false)
{
    /// <summary>Whether another message says the same.</summary>
    public bool Equals(LockAcquired? other) =>
        other is not null
        && (Key, AcquireId, OwnerToken, FencingToken, Lease, OthersWait)
            == (other.Key, other.AcquireId, other.OwnerToken, other.FencingToken, other.Lease, other.OthersWait)
        && (Cohort ?? []).SequenceEqual(other.Cohort ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, AcquireId, FencingToken);

    /// <summary>Describes the grant without its secrets.</summary>
    public override string ToString() =>
        $"{nameof(LockAcquired)} {{ Key = {Key}, AttemptId = {AttemptId.Of(AcquireId)}, FencingToken = {FencingToken}, Lease = {Lease}, "
        + $"Cohort = {Cohort?.Count ?? 0} }}";
}
