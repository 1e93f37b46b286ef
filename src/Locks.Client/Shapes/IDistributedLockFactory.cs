namespace Locks.Client;

/// <summary>Creates locks as objects, which may be acquired and released as often as needed.</summary>
public interface IDistributedLockFactory
{
    /// <summary>Creates a lock that is not held yet. Nothing is sent.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long the lock is held, each time, unless it is released before: 100 ms to 24 h.</param>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    IKeyedLock CreateLock(string key, TimeSpan expiry);
}
