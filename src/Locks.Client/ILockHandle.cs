namespace Locks.Client;

/// <summary>
/// A lock that was granted. Disposing releases it, unless <see cref="LockOptions.HoldUntilExpiry"/> says otherwise. A lock with a lease
/// can't stop a paused process from writing late; hand <see cref="FencingToken"/> to the guarded resource and let it refuse a lower one.
/// </summary>
/// <remarks>
/// Keep a reference to the handle for as long as the lock is to be held. A handle that nothing refers to any more is not renewed, and its
/// lock ends with its lease; a reference to one of its tokens alone does not count.
/// </remarks>
public interface ILockHandle : IAsyncDisposable, IDisposable
{
    /// <summary>The lock's key.</summary>
    string Key { get; }

    /// <summary>The grant's number: strictly higher than that of every earlier grant of this key.</summary>
    long FencingToken { get; }

    /// <summary>
    /// Whether the lock is still held, by this process's monotonic clock: the lease is counted from before the request was sent, less a
    /// safety margin, so that it ends here before the coordinator could grant the lock to another owner.
    /// </summary>
    bool IsHeld { get; }

    /// <summary>What is known about the lock. Like <see cref="IsHeld"/>, it looks at the clock.</summary>
    LockHandleState State { get; }

    /// <summary>Why the lock was lost, if it was.</summary>
    LockLoss? Loss { get; }

    /// <summary>
    /// Fires when the lock is lost: its lease ended, it was revoked, or the coordinator reports that it is not held. <see cref="Loss"/>
    /// says which. Does not fire on release. Callbacks run on the thread pool. Like <see cref="IsHeld"/>, this property looks at the clock:
    /// a token that is read after the process was suspended past the lease has fired already; one that was read earlier fires as soon as
    /// the process's timers run again.
    /// </summary>
    CancellationToken Lost { get; }

    /// <summary>
    /// A warning before the loss: fires when a renewal is overdue (<see cref="LockClientOptions.AtRiskAfter"/>), while the lock is still
    /// held. A renewal ends the risk; the property then has a fresh token, for the next time. A lock that is revoked is lost without this
    /// warning. Callbacks run on the thread pool.
    /// </summary>
    CancellationToken AtRisk { get; }

    /// <summary>Extends the lease, counted from now. For a lock on a shared lease, that extends the lease and every lock on it.</summary>
    /// <param name="lease">100 ms to 24 h; the lock's own lease when absent. A renewal never shortens what is left.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether the lock is still held; if not, <see cref="Lost"/> has fired.</returns>
    /// <exception cref="ArgumentException">The lease is out of range.</exception>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in time. The lock is held until its lease ends.
    /// </exception>
    Task<bool> RenewAsync(TimeSpan? lease = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Releases the lock. Others are granted it at once, or after the cooldown if <see cref="LockOptions.HoldAtLeast"/> has not passed yet.
    /// Calling it again returns the first answer; a release that was not answered is sent again.
    /// </summary>
    /// <param name="cancellationToken">
    /// Stops waiting for the answer. When it has fired already, nothing is sent and the lock is still held.
    /// </param>
    /// <returns>
    /// Whether it was still held; if not, another owner may have held it meanwhile. A lock whose lease is over is not waited for:
    /// <see langword="false"/> at once.
    /// </returns>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in <see cref="LockClientOptions.RequestTimeout"/>, or before the lease was over. The lock ends by itself
    /// with its lease.
    /// </exception>
    Task<bool> ReleaseAsync(CancellationToken cancellationToken = default);
}
