namespace Locks.Client;

/// <summary>
/// The answer to a request for a lock on a lease. Disposing releases the lock, if it was granted, and leaves the lease alone.
/// </summary>
public interface ILeasedLock : IAsyncDisposable
{
    /// <summary>Whether the lock was granted. <see cref="Handle"/> knows whether it is still held.</summary>
    bool Acquired { get; }

    /// <summary>The lock's key.</summary>
    string Key { get; }

    /// <summary>The grant's number: strictly higher than that of every earlier grant of this key. 0 if there is no grant.</summary>
    long FencingToken { get; }

    /// <summary>
    /// The lock, if it was granted. Its renewal renews the lease, and its release leaves the lease and the other locks alone.
    /// </summary>
    ILockHandle? Handle { get; }
}
