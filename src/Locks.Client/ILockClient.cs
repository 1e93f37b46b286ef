namespace Locks.Client;

/// <summary>
/// Acquires locks, waits for them, and gives out a handle to renew and release each. Thread-safe; one per process is enough.
/// </summary>
/// <remarks>
/// All members reject bad input with <see cref="ArgumentException"/> before anything is sent, and throw
/// <see cref="LockUnavailableException"/> when the coordinator can't be reached or does not answer within
/// <see cref="LockClientOptions.RequestTimeout"/>.
/// </remarks>
public interface ILockClient
{
    /// <summary>Shared leases, for locks that live and die together.</summary>
    ILeases Leases { get; }

    /// <summary>Locks on shared leases.</summary>
    ILeasedLocks Locks { get; }

    /// <summary>Acquires the lock if it is free.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="options">How it is held; a <see cref="TimeSpan"/> sets its lease alone.</param>
    /// <param name="cancellationToken">Gives up; a grant that arrives all the same is released.</param>
    /// <returns>The lock, or <see langword="null"/> when another owner holds it.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILockHandle?> TryAcquireAsync(string key, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Acquires the lock, waiting in its queue, first in first out, while others hold it.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="wait">How long to wait in the queue: 1 ms to 24 h.</param>
    /// <param name="options">How it is held; a <see cref="TimeSpan"/> sets its lease alone.</param>
    /// <param name="cancellationToken">Leaves the queue; a grant that arrives all the same is released.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockTimeoutException">The lock was not granted within the wait.</exception>
    /// <exception cref="LockRefusedException">The coordinator refused, for example because its queue is full.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILockHandle> AcquireAsync(string key, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs an action under the lock if it is free, and does nothing if it is not. The lease is renewed while the action runs, and the lock
    /// released when it ends.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="action">What to do. Its token fires when the lock is lost or <paramref name="cancellationToken"/> does.</param>
    /// <param name="options">How the lock is held; it is renewed in any case.</param>
    /// <param name="cancellationToken">Gives up, and cancels the action.</param>
    /// <returns>Whether the action ran.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<bool> RunAsync(
        string key, Func<CancellationToken, Task> action, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Acquires several locks if all of them are free, and none if not. All of them live on one lease, and are renewed with one message.
    /// </summary>
    /// <param name="keys">
    /// What is locked: 1 to 1,000 keys of 1 to 512 UTF-8 bytes, compared ordinally, in any order. A key that is named twice is locked once.
    /// </param>
    /// <param name="options">How they are held. <see cref="LockOptions.HoldAtLeast"/> must be absent.</param>
    /// <param name="cancellationToken">Gives up; what was granted is released.</param>
    /// <returns>The locks, or <see langword="null"/> when another owner holds one of them.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILockSet?> TryAcquireAllAsync(
        IEnumerable<string> keys, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Acquires several locks, waiting in each one's queue while others hold it: all of them or none. Callers whose keys overlap never
    /// deadlock, in whatever order they name the keys.
    /// </summary>
    /// <param name="keys">
    /// What is locked: 1 to 1,000 keys of 1 to 512 UTF-8 bytes, compared ordinally, in any order. A key that is named twice is locked once.
    /// </param>
    /// <param name="wait">How long to wait for all of them together: 1 ms to 24 h.</param>
    /// <param name="options">
    /// How they are held. Locks that are already granted stay held while the caller waits for the rest.
    /// <see cref="LockOptions.HoldAtLeast"/> must be absent.
    /// </param>
    /// <param name="cancellationToken">Gives up; what was granted is released.</param>
    /// <returns>The locks.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockTimeoutException">
    /// Not all of them were granted within the wait; the exception names the first key that was not.
    /// </exception>
    /// <exception cref="LockRefusedException">The coordinator refused, for example because its queue is full.</exception>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in time, or for so long that the locks granted so far were lost.
    /// </exception>
    Task<ILockSet> AcquireAllAsync(
        IEnumerable<string> keys, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a lock: takes it away from its holder, as an operator's tool. The holder's <see cref="ILockHandle.Lost"/> fires as soon as
    /// the message reaches it. The holder may be in the middle of its work, and only a resource that checks the fencing token is safe from
    /// it.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="by">Who revokes it, for the holder and the log: 1 to 256 UTF-8 bytes.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether the lock was held.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<bool> RevokeAsync(string key, string by, CancellationToken cancellationToken = default);
}
