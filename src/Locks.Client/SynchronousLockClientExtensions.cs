using Locks.Client.Core;

namespace Locks.Client;

/// <summary>
/// <see cref="ILockClient"/> for code that can't await. Each call blocks its thread until the lock is granted or not, safely also where there
/// is a synchronization context; prefer the asynchronous members. What they return can be disposed of synchronously.
/// </summary>
public static class SynchronousLockClientExtensions
{
    /// <inheritdoc cref="ILockClient.TryAcquireAsync(string, LockOptions?, CancellationToken)"/>
    public static ILockHandle? TryAcquire(
        this ILockClient locks, string key, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(locks);
        return SyncOverAsync.Wait(() => locks.TryAcquireAsync(key, options, cancellationToken));
    }

    /// <inheritdoc cref="ILockClient.TryAcquireAsync(string, TimeSpan, LockOptions?, CancellationToken)"/>
    public static ILockHandle? TryAcquire(
        this ILockClient locks, string key, TimeSpan wait, LockOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(locks);
        return SyncOverAsync.Wait(() => locks.TryAcquireAsync(key, wait, options, cancellationToken));
    }

    /// <inheritdoc cref="ILockClient.AcquireAsync"/>
    public static ILockHandle Acquire(
        this ILockClient locks, string key, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(locks);
        return SyncOverAsync.Wait(() => locks.AcquireAsync(key, wait, options, cancellationToken));
    }

    /// <inheritdoc cref="ILockClient.TryAcquireAllAsync(IEnumerable{string}, LockOptions?, CancellationToken)"/>
    public static ILockSet? TryAcquireAll(
        this ILockClient locks, IEnumerable<string> keys, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(locks);
        return SyncOverAsync.Wait(() => locks.TryAcquireAllAsync(keys, options, cancellationToken));
    }

    /// <inheritdoc cref="ILockClient.AcquireAllAsync"/>
    public static ILockSet AcquireAll(
        this ILockClient locks, IEnumerable<string> keys, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(locks);
        return SyncOverAsync.Wait(() => locks.AcquireAllAsync(keys, wait, options, cancellationToken));
    }
}
