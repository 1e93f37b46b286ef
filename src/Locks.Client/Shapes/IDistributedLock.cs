namespace Locks.Client;

/// <summary>
/// Locks by key, in the simplest shapes, each synchronous and asynchronous; prefer the latter. A synchronous member blocks a thread until
/// the coordinator has answered, <see cref="AwaitLock"/> until the lock is granted: as many threads as there are callers.
/// </summary>
/// <remarks>
/// <para>All members throw <see cref="ArgumentException"/> on bad input and <see cref="LockUnavailableException"/> when the coordinator
/// does not answer in time.</para>
/// <para>The synchronous members are safe under any synchronization context and task scheduler. While one blocks a thread of the pool, it
/// raises <see cref="ThreadPool.SetMinThreads"/> by one, so that the answers, and all other work of the pool, do not have to wait for
/// the pool to grow by itself, which takes seconds for ten blocked threads and most of a minute for two hundred.</para>
/// </remarks>
public interface IDistributedLock
{
    /// <summary>Acquires the lock if it is free, and holds it until it expires or <see cref="ReleaseLock"/> is called.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long the lock is held: 100 ms to 24 h.</param>
    /// <returns>Whether the caller holds the lock.</returns>
    /// <remarks>Blocks the calling thread; prefer <see cref="AcquireLockAsync(string, TimeSpan, CancellationToken)"/>.</remarks>
    bool AcquireLock(string key, TimeSpan expiry);

    /// <summary>
    /// Acquires the lock if it is free, and holds it until <see cref="ReleaseLock"/> is called or this process ends: its lease is renewed
    /// by the client.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <returns>Whether the caller holds the lock.</returns>
    /// <remarks>Blocks the calling thread; prefer <see cref="AcquireLockAsync(string, CancellationToken)"/>.</remarks>
    bool AcquireLock(string key);

    /// <summary>
    /// Releases a lock that this flow of control acquired with <c>AcquireLock</c>. Does nothing if the flow did not: a caller that did not
    /// get the lock may call it in <c>finally</c>, and the holder keeps the lock. A warning is logged when another flow of this process
    /// holds the lock.
    /// </summary>
    /// <param name="key">What is locked.</param>
    /// <remarks>
    /// A flow is what <see cref="AsyncLocal{T}"/> follows: a call, what it calls, and the tasks that it starts. An <c>async</c> method that
    /// awaits <c>AcquireLockAsync</c> and returns has ended its flow; its caller can't release the lock. Let such a method return the task
    /// without awaiting it, or use a handle (<see cref="ILockClient"/>, <see cref="UsingToken"/>), which releases its lock from anywhere.
    /// <para>Blocks the calling thread; prefer <see cref="ReleaseLockAsync"/>.</para>
    /// </remarks>
    void ReleaseLock(string key);

    /// <summary>Acquires the lock if it is free. The caller must look at <see cref="ILockToken.HasLock"/>; disposing releases.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long the lock is held unless it is released before: 100 ms to 24 h.</param>
    /// <remarks>Blocks the calling thread; prefer <see cref="UsingTokenAsync"/>.</remarks>
    ILockToken UsingToken(string key, TimeSpan expiry);

    /// <summary>Acquires the lock, waiting in its queue, first in first out, while others hold it; disposing releases.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="lockExpiry">How long the lock is held unless it is released before: 100 ms to 24 h.</param>
    /// <param name="waitTimeout">How long to wait in the queue: 1 ms to 24 h, zero, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <exception cref="LockTimeoutException">The lock was not granted within the wait.</exception>
    /// <remarks>Blocks the calling thread; prefer <see cref="AwaitLockAsync"/>.</remarks>
    ILockToken AwaitLock(string key, TimeSpan lockExpiry, TimeSpan waitTimeout);

    /// <summary>Runs an action under the lock if it is free; does nothing if it is not.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="action">What to do.</param>
    /// <param name="seconds">How long the lock is held unless the action ends before: 1 to 86,400 seconds.</param>
    /// <param name="cancellationToken">Gives up waiting for the coordinator.</param>
    /// <returns>Whether the action ran.</returns>
    Task<bool> RunAsync(string key, Func<Task> action, int seconds, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AcquireLock(string, TimeSpan)" path="/*[not(self::remarks)]"/>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long the lock is held: 100 ms to 24 h.</param>
    /// <param name="cancellationToken">Gives up; a grant that arrives all the same is released.</param>
    Task<bool> AcquireLockAsync(string key, TimeSpan expiry, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AcquireLock(string)" path="/*[not(self::remarks)]"/>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="cancellationToken">Gives up; a grant that arrives all the same is released.</param>
    Task<bool> AcquireLockAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ReleaseLock" path="/*[not(self::remarks)]"/>
    /// <param name="key">What is locked.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    Task ReleaseLockAsync(string key, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UsingToken" path="/*[not(self::remarks)]"/>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long the lock is held unless it is released before: 100 ms to 24 h.</param>
    /// <param name="cancellationToken">Gives up; a grant that arrives all the same is released.</param>
    Task<ILockToken> UsingTokenAsync(string key, TimeSpan expiry, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AwaitLock" path="/*[not(self::remarks)]"/>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="lockExpiry">How long the lock is held unless it is released before: 100 ms to 24 h.</param>
    /// <param name="waitTimeout">How long to wait in the queue: 1 ms to 24 h, zero, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="cancellationToken">Leaves the queue; a grant that arrives all the same is released.</param>
    Task<ILockToken> AwaitLockAsync(string key, TimeSpan lockExpiry, TimeSpan waitTimeout, CancellationToken cancellationToken = default);
}
