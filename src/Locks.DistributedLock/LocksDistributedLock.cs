using Locks.Client;
using Locks.Contracts;
using Medallion.Threading;
using IDistributedLock = Medallion.Threading.IDistributedLock;

namespace Locks.DistributedLock;

/// <summary>
/// A lock of DistributedLock's kind: one holder for each name, first in, first out. Thread-safe, and without a state of its own: two
/// objects of one name are one lock. Not reentrant.
/// </summary>
/// <remarks>
/// Beyond what <see cref="IDistributedLock"/> says, its members throw <see cref="LockUnavailableException"/> when no coordinator answers,
/// <see cref="LockRefusedException"/> when it refuses (its queue is full, or an operator cancelled the wait), and
/// <see cref="DeadlockException"/> when it ended a deadlock. The synchronous members block their thread; prefer the others.
/// </remarks>
public sealed class LocksDistributedLock : IDistributedLock
{
    private readonly ILockClient _locks;
    private readonly LockOptions _options;
    private readonly TimeProvider _time;

    internal LocksDistributedLock(string key, ILockClient locks, LockOptions options, TimeProvider time)
    {
        Name = key;
        _locks = locks;
        _options = options;
        _time = time;
    }

    /// <summary>The lock's key, by which the dashboard, the logs and every other client of it know it.</summary>
    public string Name { get; }

    /// <inheritdoc cref="IDistributedLock.TryAcquire"/>
    public LocksDistributedLockHandle? TryAcquire(TimeSpan timeout = default, CancellationToken cancellationToken = default)
    {
        var wait = CallerTimeout.Check(timeout, nameof(timeout));
        try
        {
            var granted = CallerTimeout.IsInOnePart(wait)
                ? _locks.TryAcquire(Name, wait, _options, cancellationToken)
                : TryInParts(wait, cancellationToken);
            return granted is null ? null : new LocksDistributedLockHandle(granted);
        }
        catch (LockRefusedException refused) when (IsDeadlock(refused))
        {
            throw Deadlock(refused);
        }
    }

    /// <inheritdoc cref="IDistributedLock.Acquire"/>
    public LocksDistributedLockHandle Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var wait = CallerTimeout.Check(timeout, nameof(timeout));
        try
        {
            var granted = CallerTimeout.IsInOnePart(wait)
                ? _locks.Acquire(Name, wait, _options, cancellationToken)
                : TryInParts(wait, cancellationToken) ?? throw new LockTimeoutException(Name, wait);
            return new LocksDistributedLockHandle(granted);
        }
        catch (LockRefusedException refused) when (IsDeadlock(refused))
        {
            throw Deadlock(refused);
        }
    }

    /// <inheritdoc cref="IDistributedLock.TryAcquireAsync"/>
    public ValueTask<LocksDistributedLockHandle?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default)
    {
        var wait = CallerTimeout.Check(timeout, nameof(timeout));
        // Called by the caller itself, whose flow of control the client remembers: an async method would take that away when it ends.
        return TryAsync(CallerTimeout.IsInOnePart(wait)
            ? _locks.TryAcquireAsync(Name, wait, _options, cancellationToken)
            : TryInPartsAsync(wait, cancellationToken));
    }

    /// <inheritdoc cref="IDistributedLock.AcquireAsync"/>
    public ValueTask<LocksDistributedLockHandle> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var wait = CallerTimeout.Check(timeout, nameof(timeout));
        return AcquireAsync(CallerTimeout.IsInOnePart(wait)
            ? _locks.AcquireAsync(Name, wait, _options, cancellationToken)
            : AcquireInPartsAsync(wait, cancellationToken));
    }

    IDistributedSynchronizationHandle? IDistributedLock.TryAcquire(TimeSpan timeout, CancellationToken cancellationToken) =>
        TryAcquire(timeout, cancellationToken);

    IDistributedSynchronizationHandle IDistributedLock.Acquire(TimeSpan? timeout, CancellationToken cancellationToken) =>
        Acquire(timeout, cancellationToken);

    ValueTask<IDistributedSynchronizationHandle?> IDistributedLock.TryAcquireAsync(
        TimeSpan timeout, CancellationToken cancellationToken) => UpcastAsync(TryAcquireAsync(timeout, cancellationToken));

    ValueTask<IDistributedSynchronizationHandle> IDistributedLock.AcquireAsync(
        TimeSpan? timeout, CancellationToken cancellationToken) => UpcastAsync(AcquireAsync(timeout, cancellationToken))!;

    private static async ValueTask<LocksDistributedLockHandle?> TryAsync(Task<ILockHandle?> attempt)
    {
        try
        {
            return await attempt.ConfigureAwait(false) is { } granted ? new LocksDistributedLockHandle(granted) : null;
        }
        catch (LockRefusedException refused) when (IsDeadlock(refused))
        {
            throw Deadlock(refused);
        }
    }

    private static async ValueTask<LocksDistributedLockHandle> AcquireAsync(Task<ILockHandle> attempt)
    {
        try
        {
            return new LocksDistributedLockHandle(await attempt.ConfigureAwait(false));
        }
        catch (LockRefusedException refused) when (IsDeadlock(refused))
        {
            throw Deadlock(refused);
        }
    }

    private static async ValueTask<IDistributedSynchronizationHandle?> UpcastAsync<THandle>(ValueTask<THandle> attempt)
        where THandle : IDistributedSynchronizationHandle? => await attempt.ConfigureAwait(false);

    private ILockHandle? TryInParts(TimeSpan wait, CancellationToken cancellationToken)
    {
        foreach (var part in CallerTimeout.Parts(wait, _time))
        {
            if (_locks.TryAcquire(Name, part, _options, cancellationToken) is { } granted)
                return granted;
        }

        return null;
    }

    private async Task<ILockHandle?> TryInPartsAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        foreach (var part in CallerTimeout.Parts(wait, _time))
        {
            if (await _locks.TryAcquireAsync(Name, part, _options, cancellationToken).ConfigureAwait(false) is { } granted)
                return granted;
        }

        return null;
    }

    private async Task<ILockHandle> AcquireInPartsAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        await TryInPartsAsync(wait, cancellationToken).ConfigureAwait(false) ?? throw new LockTimeoutException(Name, wait);

    private static bool IsDeadlock(LockRefusedException refused) => refused.Reason == DenyReasons.Deadlock;

    private static DeadlockException Deadlock(LockRefusedException refused) => new(refused.Message, refused);
}
