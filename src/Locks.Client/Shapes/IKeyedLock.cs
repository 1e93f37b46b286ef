namespace Locks.Client;

/// <summary>
/// The lock of one key, as an object: tried, released, and tried again. Disposing releases it if it is held; <c>Dispose</c> blocks a thread
/// until that is answered, so prefer <c>await using</c>. The object belongs to one user at a time, because <see cref="ReleaseAsync"/> gives
/// back whatever it holds: let each user make one of its own, which costs nothing.
/// </summary>
public interface IKeyedLock : IAsyncDisposable, IDisposable
{
    /// <summary>What is locked.</summary>
    string Key { get; }

    /// <summary>Whether this object holds the lock now. Becomes <see langword="false"/> when the lease ends or the lock is released.</summary>
    bool IsAcquired { get; }

    /// <summary>The last grant, until it is released: to renew it, to be told of its loss, and for its fencing token.</summary>
    ILockHandle? Handle { get; }

    /// <summary>
    /// Takes the lock if it is free. A lock that is held is busy for everybody, this object included: trying it again answers
    /// <see langword="false"/> and changes nothing, so that two users of one object never both get in.
    /// </summary>
    /// <param name="cancellationToken">Gives up; a grant that comes all the same is given back.</param>
    /// <returns>Whether this call took the lock.</returns>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    Task<bool> TryAcquireAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives the lock back. Does nothing when this object holds none; never touches a lock that somebody else holds.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>
    /// Whether the lock was still held. If it was taken and is not held any more, its lease has ended, and somebody else may have held it
    /// meanwhile.
    /// </returns>
    /// <exception cref="LockUnavailableException">There was no answer. The lock frees itself when its lease ends; releasing may be tried again.</exception>
    Task<bool> ReleaseAsync(CancellationToken cancellationToken = default);
}
