using Locks.Client;
using Locks.Contracts;
using Medallion.Threading;
using IDistributedLock = Medallion.Threading.IDistributedLock;

namespace Locks.DistributedLock;

/// <summary>
/// Makes locks of DistributedLock's kind out of a lock client. Thread-safe; one per process is enough, and
/// <c>services.AddDistributedLockProvider()</c> registers it.
/// </summary>
/// <remarks>
/// It offers no reader-writer lock and no semaphore, because the lock protocol has neither.
/// </remarks>
public sealed class LocksDistributedLockProvider : IDistributedLockProvider
{
    private readonly ILockClient _locks;
    private readonly LockOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Makes a provider.</summary>
    /// <param name="locks">The client that acquires the locks.</param>
    /// <param name="options">
    /// How each lock is held. Default: for the client's <see cref="LockClientOptions.DefaultLease"/>, and renewed until its handle is
    /// disposed of, whatever <see cref="LockClientOptions.AutoRenew"/> says. <see cref="LockOptions.HoldUntilExpiry"/> must be absent,
    /// because disposing of a handle releases its lock.
    /// </param>
    /// <param name="time">The clock of waits that are longer than 24 h. Default: the system's.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it and the limit.</exception>
    public LocksDistributedLockProvider(ILockClient locks, LockOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(locks);
        options ??= new LockOptions();
        options.Validate();
        if (options.HoldUntilExpiry)
        {
            throw new ArgumentException(
                $"{nameof(LockOptions.HoldUntilExpiry)} is true; it must be false, because disposing of a handle releases its lock.",
                nameof(options));
        }

        _locks = locks;
        _options = options with { AutoRenew = options.AutoRenew ?? true };
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc cref="IDistributedLockProvider.CreateLock"/>
    /// <param name="name">
    /// Any text. A name that is a key, of 1 to 512 UTF-8 bytes without U+0000, is the lock's key as it stands; any other gets one by
    /// <see cref="LockKey.From"/>. Names are compared ordinally.
    /// </param>
    /// <returns>The lock. Nothing is sent before it is acquired.</returns>
    /// <exception cref="ArgumentNullException">The name is <see langword="null"/>.</exception>
    public LocksDistributedLock CreateLock(string name) => new(LockKey.From(name), _locks, _options, _time);

    IDistributedLock IDistributedLockProvider.CreateLock(string name) => CreateLock(name);
}
