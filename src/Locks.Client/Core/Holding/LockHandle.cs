namespace Locks.Client.Core.Holding;

/// <summary>What the caller holds on to.</summary>
internal sealed class LockHandle : ILockHandle
{
    private readonly LockClient _client;
    private readonly HeldLock _held;
    private readonly LockOptions _how;
    private readonly ILease? _lease;

    /// <param name="client">The client that got the lock.</param>
    /// <param name="held">The lock.</param>
    /// <param name="how">How it is held.</param>
    /// <param name="lease">The shared lease that the lock lives on: whoever holds on to the lock holds on to its lease.</param>
    public LockHandle(LockClient client, HeldLock held, LockOptions how, ILease? lease)
    {
        _client = client;
        _held = held;
        _how = how;
        _lease = lease;
        if (how.AutoRenew && lease is null)
            held.KeepRenewing(new WeakReference<object>(this));
    }

    public string Key => _held.Key;

    public long FencingToken => _held.FencingToken;

    public bool IsHeld => _held.IsHeld;

    public LockHandleState State => _held.State;

    public LockLoss? Loss => _held.Loss;

    public CancellationToken Lost => _held.Lost;

    public CancellationToken AtRisk => _held.AtRisk;

    public Task<bool> RenewAsync(TimeSpan? lease = null, CancellationToken cancellationToken = default) =>
        _held.RenewAsync(lease, cancellationToken);

    public Task<bool> ReleaseAsync(CancellationToken cancellationToken = default) => _held.ReleaseAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_how.HoldUntilExpiry)
        {
            _held.StopRenewing();
            return;
        }

        try
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            // Throwing here would hide what happened inside the block; the lock frees itself.
            _client.Logger.ReleaseUnanswered(Key, exception);
        }

        GC.KeepAlive(_lease);
    }

    public void Dispose() => SyncOverAsync.Wait(() => DisposeAsync().AsTask());
}
