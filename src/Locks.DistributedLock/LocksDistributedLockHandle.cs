using Locks.Client;
using Medallion.Threading;

namespace Locks.DistributedLock;

/// <summary>
/// A lock of DistributedLock's kind that was acquired. Disposing of it releases the lock, from any thread and as often as you like. Keep a
/// reference to it: a handle that nothing refers to is not renewed, and its lock ends with its lease.
/// </summary>
public sealed class LocksDistributedLockHandle : IDistributedSynchronizationHandle
{
    private readonly ILockHandle _handle;
    private volatile bool _isDisposed;

    internal LocksDistributedLockHandle(ILockHandle handle) => _handle = handle;

    /// <summary>The lock's key: <see cref="LocksDistributedLock.Name"/>.</summary>
    public string Key => _handle.Key;

    /// <summary>
    /// The grant's number: strictly higher than that of every earlier grant of this key. Hand it to the guarded resource, and let the
    /// resource refuse a lower one.
    /// </summary>
    public long FencingToken => _handle.FencingToken;

    /// <summary>Why the lock was lost, if it was.</summary>
    public LockLoss? Loss => _handle.Loss;

    /// <summary>
    /// Fires when the lock is lost, before another caller can have it. Does not fire when the handle is disposed of.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed of.</exception>
    public CancellationToken HandleLostToken
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _handle.Lost;
        }
    }

    /// <summary>Releases the lock, and blocks until the coordinator has answered.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _handle.Dispose();
    }

    /// <summary>Releases the lock. The task ends when the coordinator has answered.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return _handle.DisposeAsync();
    }
}
