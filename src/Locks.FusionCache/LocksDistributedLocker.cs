using Locks.Client;
using Locks.DistributedLock;
using Microsoft.Extensions.Logging;
using ZiggyCreatures.Caching.Fusion.Locking.Distributed;

namespace Locks.FusionCache;

/// <summary>
/// FusionCache's distributed locker over a lock client: of all instances of an application, one computes a value that is missing, and the
/// others wait for it, first in, first out. Thread-safe. <c>services.AddFusionCacheLocksDistributedLocker()</c> registers it.
/// </summary>
/// <remarks>
/// The lock of a cache key is called as FusionCache calls it (the key and <c>:lock</c>), and renewed while the value is computed. A lock that
/// stays busy for the timeout is no lock, and FusionCache goes on without. An exception, such as
/// <see cref="LockUnavailableException"/>, is handled by FusionCache, which logs it and goes on without a lock, unless the entry's
/// <c>ReThrowDistributedLockerExceptions</c> says otherwise.
/// </remarks>
/// <param name="locks">The client that acquires the locks.</param>
/// <param name="options">
/// How each lock is held. Default: for the client's <see cref="LockClientOptions.DefaultLease"/>, and renewed until it is released.
/// <see cref="LockOptions.HoldUntilExpiry"/> must be absent.
/// </param>
/// <param name="time">The clock of waits that are longer than 24 h. Default: the system's.</param>
/// <exception cref="ArgumentException">An option is out of range; the message names it and the limit.</exception>
public sealed class LocksDistributedLocker(ILockClient locks, LockOptions? options = null, TimeProvider? time = null)
    : IFusionCacheDistributedLocker
{
    private readonly LocksDistributedLockProvider _locks = new(locks, options, time);

    /// <inheritdoc/>
    public object? AcquireLock(
        string cacheName, string cacheInstanceId, string operationId, string key, string lockName, TimeSpan timeout, ILogger? logger,
        CancellationToken token) =>
        _locks.CreateLock(lockName).TryAcquire(timeout, token);

    /// <inheritdoc/>
    public async ValueTask<object?> AcquireLockAsync(
        string cacheName, string cacheInstanceId, string operationId, string key, string lockName, TimeSpan timeout, ILogger? logger,
        CancellationToken token) =>
        await _locks.CreateLock(lockName).TryAcquireAsync(timeout, token).ConfigureAwait(false);

    /// <inheritdoc/>
    public void ReleaseLock(
        string cacheName, string cacheInstanceId, string operationId, string key, string lockName, object? lockObj, ILogger? logger,
        CancellationToken token) =>
        (lockObj as LocksDistributedLockHandle)?.Dispose();

    /// <inheritdoc/>
    public ValueTask ReleaseLockAsync(
        string cacheName, string cacheInstanceId, string operationId, string key, string lockName, object? lockObj, ILogger? logger,
        CancellationToken token) =>
        (lockObj as LocksDistributedLockHandle)?.DisposeAsync() ?? ValueTask.CompletedTask;
}
