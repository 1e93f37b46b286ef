namespace Locks.Client;

/// <summary>
/// The lock of one key, as an object: acquired, released, and acquired again. Disposing releases it if it is held; <c>Dispose</c> blocks a
/// thread until that is answered, so prefer <c>await using</c>. The object belongs to one user at a time, because
/// <see cref="ReleaseAsync"/> releases whatever it holds: create one for each user, which costs nothing.
/// </summary>
public interface IKeyedLock : IAsyncDisposable, IDisposable
{
    /// <summary>The lock's key.</summary>
    string Key { get; }

    /// <summary>
    /// Whether this object holds the lock now. Becomes <see langword="false"/> when the lease ends or the lock is released.
    /// </summary>
    bool IsAcquired { get; }

    /// <summary>The last grant, until it is released: to renew it, to watch for its loss, and for its fencing token.</summary>
    ILockHandle? Handle { get; }

    /// <summary>
    /// Acquires the lock if it is free. A lock that is held is busy for every caller, this object included: trying it again answers
    /// <see langword="false"/> and changes nothing, so that two users of one object never both get in.
    /// </summary>
    /// <param name="cancellationToken">Gives up; a grant that arrives all the same is released.</param>
    /// <returns>Whether this call acquired the lock.</returns>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    Task<bool> TryAcquireAsync(CancellationToken cancellationToken = default);

    /// <summary>Releases the lock. Does nothing when this object holds none; never touches a lock of another owner.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>
    /// Whether the lock was still held. If it was acquired and is not held any more, its lease has ended, and another owner may have held
    /// it meanwhile.
    /// </returns>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in time. The lock ends by itself with its lease; releasing may be tried again.
    /// </exception>
    Task<bool> ReleaseAsync(CancellationToken cancellationToken = default);
}
