namespace Locks.Client;

/// <summary>
/// A lock that was granted. Disposing releases it. A lock with a lease can't stop a paused process from writing late; hand
/// <see cref="FencingToken"/> to the guarded resource and let it refuse a lower one.
/// </summary>
public interface ILockHandle : IAsyncDisposable, IDisposable
{
    /// <summary>What is locked.</summary>
    string Key { get; }

    /// <summary>The grant's number: strictly higher than that of every earlier grant of this key.</summary>
    long FencingToken { get; }

    /// <summary>
    /// Whether the lock is still held, by this process's monotonic clock: the lease is counted from before the request was sent, less a
    /// safety margin, so that it ends here before the coordinator could grant the lock to somebody else.
    /// </summary>
    bool IsHeld { get; }

    /// <summary>Fires when the lock is lost: its lease ended, or the coordinator says that it is not held. Does not fire on release.</summary>
    CancellationToken Lost { get; }

    /// <summary>Extends the lease, counted from now.</summary>
    /// <param name="lease">100 ms to 24 h; the lock's own lease when absent. A renewal never shortens what is left.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether the lock is still held; if not, <see cref="Lost"/> has fired.</returns>
    /// <exception cref="ArgumentException">The lease is out of range.</exception>
    /// <exception cref="LockUnavailableException">There was no answer. The lock is held until its lease ends.</exception>
    Task<bool> RenewAsync(TimeSpan? lease = null, CancellationToken cancellationToken = default);

    /// <summary>Gives the lock back. Doing so twice is fine.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether it was still held; if not, somebody else may have held it meanwhile.</returns>
    /// <exception cref="LockUnavailableException">There was no answer. The lock frees itself when its lease ends.</exception>
    Task<bool> ReleaseAsync(CancellationToken cancellationToken = default);
}
