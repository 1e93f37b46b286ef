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
}
