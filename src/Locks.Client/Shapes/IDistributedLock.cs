namespace Locks.Client;

/// <summary>
/// Locks by key, in the simplest shapes. The synchronous members block the calling thread until the coordinator has answered; the waiting
/// work runs on the thread pool. Where a thread is dear, use the asynchronous twin.
/// </summary>
/// <remarks>
/// All members throw <see cref="ArgumentException"/> on bad input and <see cref="LockUnavailableException"/> when there is no answer.
/// </remarks>
public interface IDistributedLock
{
    /// <summary>Takes the lock if it is free, and holds it until it expires or <see cref="ReleaseLock"/> is called.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long it is held: 100 ms to 24 h.</param>
    /// <returns>Whether the caller holds the lock.</returns>
    bool AcquireLock(string key, TimeSpan expiry);

    /// <summary>
    /// Takes the lock if it is free, and holds it until <see cref="ReleaseLock"/> is called or this process ends: its lease is renewed by
    /// the client.
    /// </summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <returns>Whether the caller holds the lock.</returns>
    bool AcquireLock(string key);

    /// <summary>Gives back a lock that this process took with <c>AcquireLock</c>. Does nothing if it holds none.</summary>
    /// <param name="key">What is locked.</param>
    void ReleaseLock(string key);

    /// <summary>Takes the lock if it is free. The caller must look at <see cref="ILockToken.HasLock"/>; disposing releases.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long it is held unless it is released before: 100 ms to 24 h.</param>
    ILockToken UsingToken(string key, TimeSpan expiry);

    /// <summary>Takes the lock, waiting in line first-in first-out while others hold it; disposing releases.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="lockExpiry">How long it is held unless it is released before: 100 ms to 24 h.</param>
    /// <param name="waitTimeout">How long to wait in line: 1 ms to 24 h.</param>
    /// <exception cref="LockTimeoutException">The turn did not come in time.</exception>
    ILockToken AwaitLock(string key, TimeSpan lockExpiry, TimeSpan waitTimeout);

    /// <summary>Runs an action under the lock if it is free; does nothing if it is not.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="action">What to do.</param>
    /// <param name="seconds">How long the lock is held unless the action ends before: 1 to 86,400 seconds.</param>
    /// <param name="cancellationToken">Gives up waiting for the coordinator.</param>
    /// <returns>Whether the action ran.</returns>
    Task<bool> RunAsync(string key, Func<Task> action, int seconds, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AcquireLock(string, TimeSpan)"/>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long it is held: 100 ms to 24 h.</param>
    /// <param name="cancellationToken">Gives up; a grant that comes all the same is given back.</param>
    Task<bool> AcquireLockAsync(string key, TimeSpan expiry, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AcquireLock(string)"/>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="cancellationToken">Gives up; a grant that comes all the same is given back.</param>
    Task<bool> AcquireLockAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ReleaseLock"/>
    /// <param name="key">What is locked.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    Task ReleaseLockAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UsingToken"/>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long it is held unless it is released before: 100 ms to 24 h.</param>
    /// <param name="cancellationToken">Gives up; a grant that comes all the same is given back.</param>
    Task<ILockToken> UsingTokenAsync(string key, TimeSpan expiry, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AwaitLock"/>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="lockExpiry">How long it is held unless it is released before: 100 ms to 24 h.</param>
    /// <param name="waitTimeout">How long to wait in line: 1 ms to 24 h.</param>
    /// <param name="cancellationToken">Leaves the line; a grant that comes all the same is given back.</param>
    Task<ILockToken> AwaitLockAsync(string key, TimeSpan lockExpiry, TimeSpan waitTimeout, CancellationToken cancellationToken = default);
}
