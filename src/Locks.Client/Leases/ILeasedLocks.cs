namespace Locks.Client;

/// <summary>Acquires locks that end with a shared lease (see <see cref="ILeases"/>).</summary>
public interface ILeasedLocks
{
    /// <summary>Acquires the lock if it is free. The caller must look at <see cref="ILeasedLock.Acquired"/>.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="leaseId">The lease; another process may have been granted it.</param>
    /// <param name="cancellationToken">Gives up; a grant that arrives all the same is released.</param>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockRefusedException">There is no such lease.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILeasedLock> AcquireAsync(string key, Guid leaseId, CancellationToken cancellationToken = default);

    /// <summary>Acquires the lock, waiting in its queue, first in first out, while others hold it.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="leaseId">The lease; it must be kept alive while the caller waits.</param>
    /// <param name="wait">How long to wait in the queue: 1 ms to 24 h, zero, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="cancellationToken">Leaves the queue; a grant that arrives all the same is released.</param>
    /// <returns>The lock, acquired.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockTimeoutException">The lock was not granted within the wait.</exception>
    /// <exception cref="LockRefusedException">There is no such lease, or its queue is full.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILeasedLock> AcquireAsync(string key, Guid leaseId, TimeSpan wait, CancellationToken cancellationToken = default);
}
