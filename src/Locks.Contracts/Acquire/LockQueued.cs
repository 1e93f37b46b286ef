namespace Locks.Contracts;

/// <summary>The attempt waits in the queue; <see cref="LockAcquired"/> or <see cref="LockDenied"/> follows.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt that waits.</param>
/// <param name="Rank">How many grants away it was when this was sent; 1 is granted next.</param>
/// <param name="HolderOwner">The owner that held the lock when this was sent.</param>
/// <param name="RetryAfter">When that holder's lease ends unless it is renewed, counted from when this was sent.</param>
/// <param name="HeldFor">How long that owner had held the lock when this was sent.</param>
/// <param name="Waiters">How many attempts waited in the queue when this was sent, this one among them.</param>
/// <param name="HolderTraceParent">
/// The span of the attempt that holds the lock, as <see cref="AcquireLock.TraceParent"/> has it; only for an attempt that is sampled itself,
/// and where the coordinator knows it.
/// </param>
public sealed record LockQueued(
    string Key,
    Guid AcquireId,
    int Rank,
    string? HolderOwner = null,
    TimeSpan? RetryAfter = null,
    TimeSpan? HeldFor = null,
    int? Waiters = null,
    string? HolderTraceParent = null)
{
    /// <summary>Describes the message without its secret.</summary>
    public override string ToString() =>
        $"{nameof(LockQueued)} {{ Key = {Key}, AttemptId = {AttemptId.Of(AcquireId)}, Rank = {Rank}, HolderOwner = {HolderOwner} }}";
}
