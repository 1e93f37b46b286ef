namespace Locks.Client;

/// <summary>The answer to a request for a lock on a lease: perhaps a lock. Disposing releases it, if there is one, and leaves the lease alone.</summary>
public interface ILeasedLock : IAsyncDisposable
{
    /// <summary>Whether the lock was granted. Whether it is still held is told by <see cref="Handle"/>.</summary>
    bool Acquired { get; }

    /// <summary>What was asked for.</summary>
    string Key { get; }

    /// <summary>The grant's number: strictly higher than that of every earlier grant of this key. 0 if there is no grant.</summary>
    long FencingToken { get; }

    /// <summary>The lock, if it was granted. Its renewal renews the lease, and its release leaves the lease and the other locks alone.</summary>
    ILockHandle? Handle { get; }
}
