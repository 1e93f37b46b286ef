namespace Locks.Client;

/// <summary>
/// The core: try, wait, and a handle to renew and release. Thread-safe; one per process is enough.
/// </summary>
/// <remarks>
/// All members refuse bad input with <see cref="ArgumentException"/> before anything is sent, and throw
/// <see cref="LockUnavailableException"/> when the coordinator can't be reached or does not answer within
/// <see cref="LockClientOptions.RequestTimeout"/>.
/// </remarks>
public interface ILockClient
{
    /// <summary>Shared leases, for locks that live and die together.</summary>
    ILeases Leases { get; }

    /// <summary>Locks on shared leases.</summary>
    ILeasedLocks Locks { get; }

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="options">How it is held; a <see cref="TimeSpan"/> will do, as its lease.</param>
    /// <param name="cancellationToken">Gives up; a grant that comes all the same is given back.</param>
    /// <returns>The lock, or <see langword="null"/> when somebody else holds it.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<ILockHandle?> TryAcquireAsync(string key, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Takes the lock, waiting in line first-in first-out while others hold it.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="wait">How long to wait in line: 1 ms to 24 h.</param>
    /// <param name="options">How it is held; a <see cref="TimeSpan"/> will do, as its lease.</param>
    /// <param name="cancellationToken">Leaves the line; a grant that comes all the same is given back.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockTimeoutException">The turn did not come in time.</exception>
    /// <exception cref="LockRefusedException">The coordinator refused, for example because too many wait already.</exception>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<ILockHandle> AcquireAsync(string key, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs an action under the lock if it is free, and does nothing if it is not. The lease is renewed while the action runs, and the lock
    /// released when it ends.
    /// </summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="action">What to do. Its token fires when the lock is lost or <paramref name="cancellationToken"/> does.</param>
    /// <param name="options">How the lock is held; it is renewed in any case.</param>
    /// <param name="cancellationToken">Gives up, and cancels the action.</param>
    /// <returns>Whether the action ran.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<bool> RunAsync(
        string key, Func<CancellationToken, Task> action, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes several locks if all of them are free, and none if not. All of them live on one lease, and are renewed with one message.
    /// </summary>
    /// <param name="keys">
    /// What is locked: 1 to 1,000 keys of 1 to 512 UTF-8 bytes, compared ordinally, in any order. A key that is named twice is locked once.
    /// </param>
    /// <param name="options">How they are held. <see cref="LockOptions.HoldAtLeast"/> must be absent.</param>
    /// <param name="cancellationToken">Gives up; what was granted is given back.</param>
    /// <returns>The locks, or <see langword="null"/> when somebody else holds one of them.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<ILockSet?> TryAcquireAllAsync(
        IEnumerable<string> keys, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes several locks, waiting in each one's line while others hold it: all of them or none. Callers whose keys overlap never wait
    /// for each other, in whatever order they name them.
    /// </summary>
    /// <param name="keys">
    /// What is locked: 1 to 1,000 keys of 1 to 512 UTF-8 bytes, compared ordinally, in any order. A key that is named twice is locked once.
    /// </param>
    /// <param name="wait">How long to wait for all of them together: 1 ms to 24 h.</param>
    /// <param name="options">
    /// How they are held. What is already taken is kept while the caller waits for the rest. <see cref="LockOptions.HoldAtLeast"/> must be
    /// absent.
    /// </param>
    /// <param name="cancellationToken">Gives up; what was granted is given back.</param>
    /// <returns>The locks.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockTimeoutException">They were not all free in time; it names the first key that was not.</exception>
    /// <exception cref="LockRefusedException">The coordinator refused, for example because too many wait already.</exception>
    /// <exception cref="LockUnavailableException">There was no answer, or none for so long that what was already taken was lost.</exception>
    Task<ILockSet> AcquireAllAsync(
        IEnumerable<string> keys, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a lock away from whoever holds it: an operator's tool. The holder's <see cref="ILockHandle.Lost"/> fires as soon as it hears
    /// of it; it may be in the middle of its work, and only a resource that checks the fencing token is safe from it.
    /// </summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="by">Who takes it away, for the holder and the log: 1 to 256 UTF-8 bytes.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether somebody held it.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<bool> RevokeAsync(string key, string by, CancellationToken cancellationToken = default);
}
