namespace Locks.Contracts;

/// <summary>The lock was not granted, and this attempt never will be.</summary>
/// <param name="Key">The lock's key, as it was asked for.</param>
/// <param name="AcquireId">The attempt that was denied.</param>
/// <param name="Reason">One of <see cref="DenyReasons"/>. Treat a value that you do not know like <see cref="DenyReasons.Busy"/>.</param>
/// <param name="HolderOwner">The owner that holds the lock, if one does.</param>
/// <param name="RetryAfter">When the holder's lease ends unless it is renewed, counted from now.</param>
/// <param name="Detail">For <see cref="DenyReasons.Invalid"/>: the field, what is wrong with it, and the limit. For
/// <see cref="DenyReasons.Cancelled"/> and <see cref="DenyReasons.Deadlock"/>: by whom, and why.</param>
/// <param name="HeldFor">How long that owner has held the lock, counted back from now.</param>
/// <param name="Waiters">How many attempts wait in the queue now.</param>
public sealed record LockDenied(
    string Key,
    Guid AcquireId,
    string Reason,
    string? HolderOwner = null,
    TimeSpan? RetryAfter = null,
    string? Detail = null,
    TimeSpan? HeldFor = null,
    int? Waiters = null)
{
    /// <summary>Describes the message without its secret.</summary>
    public override string ToString() =>
        $"{nameof(LockDenied)} {{ Key = {Key}, AttemptId = {AttemptId.Of(AcquireId)}, Reason = {Reason}, "
        + $"HolderOwner = {HolderOwner}, Detail = {Detail} }}";
}
