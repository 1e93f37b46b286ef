namespace Locks.Client;

/// <summary>
/// The answer to <see cref="IDistributedLock.UsingToken"/>. Disposing releases the lock, if it was granted; <c>Dispose</c> blocks a thread
/// until that is answered, so prefer <c>await using</c>.
/// </summary>
public interface ILockToken : IAsyncDisposable, IDisposable
{
    /// <summary>
    /// Whether the caller holds the lock now. Becomes <see langword="false"/> when the lease ends or the token is disposed.
    /// </summary>
    bool HasLock { get; }

    /// <summary>The lock, if it was granted.</summary>
    ILockHandle? Handle { get; }
}
