namespace Locks.Client;

/// <summary>Locks that live and die with a shared lease (see <see cref="ILeases"/>).</summary>
public interface ILeasedLocks
{
    /// <summary>Takes the lock if it is free. The caller must look at <see cref="ILeasedLock.Acquired"/>.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="leaseId">The lease; another process may have been granted it.</param>
    /// <param name="cancellationToken">Gives up; a grant that comes all the same is given back.</param>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockRefusedException">There is no such lease.</exception>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<ILeasedLock> AcquireAsync(string key, Guid leaseId, CancellationToken cancellationToken = default);

    /// <summary>Takes the lock, waiting in line first-in first-out while others hold it.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="leaseId">The lease; it must be kept alive while the caller waits.</param>
    /// <param name="wait">How long to wait in line: 1 ms to 24 h.</param>
    /// <param name="cancellationToken">Leaves the line; a grant that comes all the same is given back.</param>
    /// <returns>The lock, acquired.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockTimeoutException">The turn did not come in time.</exception>
    /// <exception cref="LockRefusedException">There is no such lease, or too many wait already.</exception>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    Task<ILeasedLock> AcquireAsync(string key, Guid leaseId, TimeSpan wait, CancellationToken cancellationToken = default);
}
