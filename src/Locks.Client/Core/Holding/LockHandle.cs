namespace Locks.Client.Core.Holding;

/// <summary>The application's reference to a <see cref="HeldLock"/>; automatic renewal ends when the application drops it.</summary>
internal sealed class LockHandle : ILockHandle
{
    private readonly LockClient _client;
    private readonly HeldLock _held;
    private readonly LockOptions _options;
    private readonly ILease? _lease;

    /// <param name="client">The client that was granted the lock.</param>
    /// <param name="held">The lock.</param>
    /// <param name="options">How it is held.</param>
    /// <param name="lease">The shared lease that the lock lives on, if any: a reference to the lock is one to its lease.</param>
    public LockHandle(LockClient client, HeldLock held, LockOptions options, ILease? lease)
    {
        _client = client;
        _held = held;
        _options = options;
        _lease = lease;
        if (options.AutoRenew is true && lease is null)
            StartRenewing();
    }

    public string Key => _held.Key;

    public long FencingToken => _held.FencingToken;

    /// <inheritdoc cref="HeldLock.OwnerToken"/>
    public string OwnerToken => _held.OwnerToken;

    public bool IsHeld => _held.IsHeld;

    public LockHandleState State => _held.State;

    public LockLoss? Loss => _held.Loss;

    public CancellationToken Lost => _held.Lost;

    public CancellationToken AtRisk => _held.AtRisk;

    /// <summary>The current flow goes on as the one that acquired the lock: what it calls is told when it waits for itself.</summary>
    public void EnterFlow() => _held.Flow?.Enter();

    public Task<bool> RenewAsync(TimeSpan? lease = null, CancellationToken cancellationToken = default) =>
        _held.RenewAsync(lease, cancellationToken);

    public Task<bool> ReleaseAsync(CancellationToken cancellationToken = default) => _held.ReleaseAsync(cancellationToken);

    /// <summary>Renews the lock in the background until it is released or lost, or the application refers to this handle no more.</summary>
    public void StartRenewing() => _held.StartRenewing(new WeakReference<object>(this));

    /// <inheritdoc cref="HeldLock.LimitHold"/>
    public void LimitHold(TimeSpan limit) => _held.LimitHold(limit);

    /// <inheritdoc cref="HeldLock.StopRenewing"/>
    public void StopRenewing() => _held.StopRenewing();

    /// <inheritdoc cref="HeldLock.Restart"/>
    public bool Restart() => _held.Restart();

    public async ValueTask DisposeAsync()
    {
        if (_options.HoldUntilExpiry)
            StopRenewing();
        else
            await ReleaseOrLogAsync().ConfigureAwait(false);

        GC.KeepAlive(_lease);
    }

    public void Dispose() => SyncOverAsync.Wait(() => DisposeAsync().AsTask());

    /// <summary>Releases without a caller that could handle an exception: if there is no answer, the lock ends by itself.</summary>
    public async Task ReleaseOrLogAsync()
    {
        try
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            // An exception from here would hide one from inside the block; the lock ends by itself with its lease.
            _client.Logger.ReleaseUnanswered(Key, exception);
        }
    }
}
