namespace Locks.Client;

/// <summary>Makes locks as objects, to be tried and released as often as needed.</summary>
public interface IDistributedLockFactory
{
    /// <summary>Makes a lock that is not held yet. Nothing is sent.</summary>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="expiry">How long it is held, each time, unless it is released before: 100 ms to 24 h.</param>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    IKeyedLock CreateLock(string key, TimeSpan expiry);
}
