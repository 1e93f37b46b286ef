using System.Collections.Concurrent;
using Locks.Client.Core.Holding;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Transport;

namespace Locks.Client.Core.Sets;

/// <summary>
/// One call to acquire several locks: all or none. All that are missing are asked for together, and those that are free are granted in one
/// round. A lock that is busy is waited for in ordinal order, whatever order the keys are named in, with none held behind it: so no two
/// callers can wait for each other.
/// </summary>
internal sealed class SetAcquisition
{
    private const int MaxKeys = 1_000;

    private static readonly TimeSpan Unlimited = TimeSpan.MaxValue / 2;

    private readonly LockClient _client;
    private readonly string[] _keys;
    private readonly TimeSpan? _wait;
    private readonly LockOptions _options;
    private readonly LockOptions _acquiring;
    private readonly SetLifetime _lifetime;
    private readonly Deadline _until;

    // The locks of the first keys, in order; nothing is ever missing between them.
    private readonly List<LockHandle> _held = [];
    private readonly List<Task> _releases = [];
    private ConcurrentDictionary<string, LockHolder>? _holders;
    private bool _hasWaited;

    public SetAcquisition(LockClient client, IEnumerable<string> keys, TimeSpan? wait, LockOptions options)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _client = client;
        _keys = [.. keys.Take(MaxKeys + 1)];
        _wait = wait == TimeSpan.Zero ? null : wait;
        _options = options;
        // What is taken and not kept must end by itself, whatever becomes of its release: only what is kept is renewed. How long the set may
        // be held counts from when all of it is.
        _acquiring = options with { AutoRenew = false, MaxHold = null };

        if (_keys.Length is 0 or > MaxKeys)
        {
            var count = _keys.Length == 0 ? "none" : $"more than {MaxKeys}";
            new ValidationError("Keys", $"are {count}; there must be 1 to {MaxKeys}").Throw(nameof(keys));
        }

        foreach (var key in _keys)
            LockLimits.CheckKey(key)?.Throw(nameof(keys));
        var lease = options.Lease ?? client.Options.DefaultLease;
        LockLimits.CheckLease(lease)?.Throw("options");
        LockLimits.CheckOwner(options.Owner ?? client.Options.Owner)?.Throw("options");
        CallerWait.Check(wait)?.Throw(nameof(wait));
        if (options.HoldAtLeast is not null)
        {
            var problem = $"is {options.HoldAtLeast:c}; it must be absent for several keys, which are released at once";
            new ValidationError("HoldAtLeast", problem).Throw("options");
        }

        options.Check(lease)?.Throw("options");

        _keys = [.. _keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _lifetime = new SetLifetime(client.Logger);
        _until = Deadline.After(client.Time, _wait == Timeout.InfiniteTimeSpan ? Unlimited : _wait ?? client.Options.RequestTimeout);
    }

    /// <summary>How long the caller still waits; absent when it only tries, or waits no longer.</summary>
    private TimeSpan? WaitLeft =>
        _wait is null || _wait == Timeout.InfiniteTimeSpan ? _wait
        : _until.HasPassed ? null
        : _until.Left > LockLimits.MinWait ? _until.Left
        : LockLimits.MinWait;

    /// <summary>Tries all locks, or waits in their queues, one after the other.</summary>
    /// <returns>The locks, or the key that was busy for as long as the caller waits, and who holds it as far as that is known.</returns>
    public async Task<(LockSet? Set, string? BusyKey, LockHolder? Holder)> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var operation = _client.RequestDispatcher.Begin();
        var isAcquired = false;
        try
        {
            // What is asked for before there is a connection would leave in as many messages.
            var connect = Deadline.After(_client.Time, _client.Options.RequestTimeout).NoLaterThan(_until);
            await _client.RequestDispatcher.ConnectAsync(connect, cancellationToken).ConfigureAwait(false);
            var busyKey = await AcquireInOrderAsync(cancellationToken).ConfigureAwait(false);
            isAcquired = busyKey is null;
            if (isAcquired)
                return (new LockSet(_client, _lifetime, _options, _held), null, null);

            _client.Logger.SetBusy(_keys.Length, busyKey!);
            return (null, busyKey, _holders?.GetValueOrDefault(busyKey!));
        }
        finally
        {
            if (!isAcquired)
                await TakeBackAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>The key that was busy for as long as the caller waits; <see langword="null"/> when all locks are held.</returns>
    private async Task<string?> AcquireInOrderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var heldBefore = _held.Count;
            var busyKey = await RunRoundAsync(cancellationToken).ConfigureAwait(false);
            if (busyKey is not null && (_held.Count == heldBefore || WaitLeft is null))
                return busyKey;
            if (_held.Count == _keys.Length)
            {
                if (await TryBeginAsync(cancellationToken).ConfigureAwait(false))
                    return null;

                // The renewal has ended, also of those that are not lost.
                ReleaseFrom(0);
            }

            if (_lifetime.ResetInterruption() is { } loss)
                ReleaseLost(loss);
        }
    }

    /// <summary>
    /// Asks for the next lock, waiting if the caller does, and tries those behind it. Holds the granted ones up to the first that was busy,
    /// and releases the others.
    /// </summary>
    /// <returns>The key that was busy, which is the next one now; <see langword="null"/> if none was, or if that is not known.</returns>
    private async Task<string?> RunRoundAsync(CancellationToken cancellationToken)
    {
        // The locks that are held wait for those that are not.
        _hasWaited |= _held.Count > 0;
        _held.ForEach(static held => held.StartRenewing());

        var keys = NextKeys();
        var queued = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lifetime.Interrupted);
        var attempts = Ask(keys, queued, giveUp.Token);
        var granted = await SettleAsync(attempts, queued.Task).ConfigureAwait(false);
        if ((Array.Find(attempts, attempt => attempt.IsFaulted) ?? Array.Find(attempts, attempt => attempt.IsCanceled)) is { } failed)
        {
            Release(granted);
            cancellationToken.ThrowIfCancellationRequested();
            if (failed.IsFaulted || !_lifetime.Interrupted.IsCancellationRequested)
                await failed.ConfigureAwait(false);
            return null;
        }

        _client.ContendedKeys.Report(keys[0], wasBusy: granted[0] is null || queued.Task.IsCompleted);
        for (var index = 1; index < granted.Length; index++)
            _client.ContendedKeys.Report(keys[index], wasBusy: granted[index] is null);

        LockHandle[] inOrder = [.. granted.TakeWhile(held => held is not null)!];
        _held.AddRange(inOrder);
        Release(granted.Skip(inOrder.Length));
        return inOrder.Length == granted.Length ? null : keys[inOrder.Length];
    }

    /// <summary>Asks for locks together: waits for the first, if the caller waits, and tries the others.</summary>
    private Task<LockHandle?>[] Ask(string[] keys, TaskCompletionSource queued, CancellationToken cancellationToken)
    {
        using (_client.RequestDispatcher.Gather())
        {
            return
            [
                AcquireAsync(keys[0], WaitLeft, queued, cancellationToken),
                .. keys.Skip(1).Select(key => AcquireAsync(key, wait: null, queued: null, cancellationToken)),
            ];
        }
    }

    /// <summary>Waits until all attempts have ended. Nothing behind the first lock is held while that is waited for.</summary>
    /// <returns>What was granted, in order: to all of them, or to the first alone if it was waited for.</returns>
    private async Task<LockHandle?[]> SettleAsync(Task<LockHandle?>[] attempts, Task queued)
    {
        await Task.WhenAny(attempts[0], queued).ConfigureAwait(false);
        var behind = await Task.WhenAll(attempts.Skip(1).Select(OrNothingAsync)).ConfigureAwait(false);
        if (!attempts[0].IsCompleted)
        {
            Release(behind);
            behind = [];
        }

        return [await OrNothingAsync(attempts[0]).ConfigureAwait(false), .. behind];
    }

    /// <summary>
    /// The keys to ask for next. A caller that waits asks for none behind one that is likely to be busy: it would be taken only to be
    /// released.
    /// </summary>
    private string[] NextKeys() =>
        _wait is null ? _keys[_held.Count..] : _client.ContendedKeys.UpToContended(_keys.AsSpan(_held.Count));

    private async Task<LockHandle?> AcquireAsync(
        string key, TimeSpan? wait, TaskCompletionSource? queued, CancellationToken cancellationToken)
    {
        var acquisition = new Acquisition(_client, _client.CreateCommand(key, wait, _options), _acquiring)
        {
            OnLost = _lifetime.OnLockLost,
            Queued = queued,
            Until = _wait is null || _wait == Timeout.InfiniteTimeSpan ? null : _until,
        };
        var handle = await acquisition.RunAsync(cancellationToken).ConfigureAwait(false);
        if (acquisition.Holder is { } holder)
            LazyInitializer.EnsureInitialized(ref _holders, static () => new(StringComparer.Ordinal))[key] = holder;
        return handle;
    }

    /// <summary>All locks are held: the caller gets them, each for all of its lease.</summary>
    /// <returns>Whether it gets them; not if one has been lost meanwhile.</returns>
    private async Task<bool> TryBeginAsync(CancellationToken cancellationToken)
    {
        if (_options.MaxHold is { } limit)
            _held.ForEach(held => held.LimitHold(limit));
        if (_options.AutoRenew is true)
        {
            _held.ForEach(static held => held.StartRenewing());
        }
        else if (_hasWaited)
        {
            var late = _held.FindAll(static held => !held.Restart());
            await Task.WhenAll(late.Select(held => held.RenewAsync(cancellationToken: cancellationToken))).ConfigureAwait(false);
        }

        return _held.TrueForAll(static held => held.IsHeld) && _lifetime.TryBegin();
    }

    /// <summary>Releases the locks from the first that was lost on: they are waited for again.</summary>
    /// <exception cref="LockUnavailableException">The caller waits no longer.</exception>
    private void ReleaseLost(LockLoss loss)
    {
        var isLost = _held.FindIndex(static held => !held.IsHeld);
        if (isLost >= 0)
            ReleaseFrom(isLost);
        if (_until.HasPassed)
            throw new LockUnavailableException($"A lock was lost ({loss.Reason}) before all {_keys.Length} locks were acquired.");
    }

    private void ReleaseFrom(int index)
    {
        Release(_held[index..]);
        _held.RemoveRange(index, _held.Count - index);
    }

    private void Release(IEnumerable<LockHandle?> locks)
    {
        using (_client.RequestDispatcher.Gather())
            _releases.AddRange(locks.OfType<LockHandle>().Select(static held => held.ReleaseOrLogAsync()));
    }

    /// <summary>
    /// When the caller knows that it gets none of the locks, all of them are free again. One that gives up does not wait for that, and one
    /// whose time is up no longer than one repeat takes.
    /// </summary>
    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        Release(_held);
        var limit = Deadline.After(_client.Time, _client.Options.RequestTimeout);
        if (_wait is not null)
        {
            var repeat = _client.Options.ResendAfter * 2;
            limit = limit.NoLaterThan(limit with { Length = _until.Left > repeat ? _until.Left : repeat });
        }

        await Task.WhenAll(_releases)
            .OrAbandonAsync(cancellationToken)
            .OrAbandonAsync(limit.Left, _client.Time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The lock that an attempt was granted; nothing also if it failed.</summary>
    private static async Task<LockHandle?> OrNothingAsync(Task<LockHandle?> attempt)
    {
        await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return attempt.IsCompletedSuccessfully ? await attempt.ConfigureAwait(false) : null;
    }
}
