namespace Locks.Contracts;

/// <summary>Releases a lock. Answered with <see cref="LockReleased"/> or <see cref="LockNotHeld"/>.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="OwnerToken">The secret from <see cref="LockAcquired"/>.</param>
/// <param name="Cooldown">
/// How long the lock stays taken all the same, counted from the coordinator's now: up to 24 h, and never beyond the lease. The caller holds
/// it no longer and can't renew it. For a job that must not run twice within a time, however quickly it was done (ShedLock's
/// <c>lockAtLeastFor</c>). Default: not at all.
/// </param>
/// <param name="AcquireId">
/// The attempt that was granted. With it, a repeat of a release that was done is answered with <see cref="LockReleased"/> too, even when the
/// first answer was lost with its coordinator; without it, with <see cref="LockNotHeld"/>. Default: none.
/// </param>
public sealed record ReleaseLock(string Key, string OwnerToken, TimeSpan? Cooldown = null, Guid? AcquireId = null)
{
    /// <summary>Describes the request without its secret.</summary>
    public override string ToString() => $"{nameof(ReleaseLock)} {{ Key = {Key}, Cooldown = {Cooldown} }}";
}
