using Locks.Client.Core.Holding;
using Locks.Client.Core.Leases;
using Locks.Client.Core.Lifetimes;
using Locks.Contracts;

namespace Locks.Client.Core.Sets;

internal sealed class LockSet : ILockSet
{
    private readonly LockClient _client;
    private readonly Lease _lease;
    private readonly SharedLeaseLifetime _lifetime;
    private readonly CancellationTokenSource _keepAlive;
    private readonly LockOptions _options;
    private readonly Release _release;

    /// <param name="client">The client that was granted the locks.</param>
    /// <param name="lease">The lease that only these locks live on.</param>
    /// <param name="lifetime">The lifetime of the set: it ends with the lease or with any of the locks.</param>
    /// <param name="keepAlive">Stops the background renewal of the lease when cancelled.</param>
    /// <param name="options">How the locks are held.</param>
    /// <param name="locks">The locks, in order.</param>
    public LockSet(
        LockClient client,
        Lease lease,
        SharedLeaseLifetime lifetime,
        CancellationTokenSource keepAlive,
        LockOptions options,
        IReadOnlyList<LockHandle> locks)
    {
        _client = client;
        _lease = lease;
        _lifetime = lifetime;
        _keepAlive = keepAlive;
        _options = options;
        _release = new Release(ReleaseOnceAsync);
        Keys = [.. locks.Select(held => held.Key)];
        FencingTokens = locks.ToDictionary(held => held.Key, held => held.FencingToken, StringComparer.Ordinal).AsReadOnly();
    }

    public IReadOnlyList<string> Keys { get; }

    public IReadOnlyDictionary<string, long> FencingTokens { get; }

    public bool IsHeld => State is LockHandleState.Held or LockHandleState.AtRisk;

    public LockHandleState State => _lifetime.StateOf(_release);

    public LockLoss? Loss => _lifetime.Loss;

    public CancellationToken Lost => _lifetime.Lost;

    public CancellationToken AtRisk => _lifetime.AtRisk;

    public async Task<bool> RenewAsync(TimeSpan? lease = null, CancellationToken cancellationToken = default)
    {
        if (lease is { } length)
            LockLimits.CheckLease(length)?.Throw(nameof(lease));
        if (!_lifetime.IsRunning)
            return false;

        await _client.Leases.RenewAsync(_lease.Shared, lease, cancellationToken).ConfigureAwait(false);
        return _lifetime.IsRunning;
    }

    public Task<bool> ReleaseAsync(CancellationToken cancellationToken = default) => _release.RunAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_options.HoldUntilExpiry)
        {
            await _keepAlive.CancelAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            // An exception from here would hide one from inside the block; the locks end by themselves with their lease.
            _client.Logger.RevocationUnanswered(_lease.Id, exception);
        }
    }

    public void Dispose() => SyncOverAsync.Wait(() => DisposeAsync().AsTask());

    private async Task<bool> ReleaseOnceAsync()
    {
        var wasHeld = _lifetime.Loss is null;
        _lifetime.Stop();
        await _keepAlive.CancelAsync().ConfigureAwait(false);
        return await _lease.Shared.RevokeAsync(CancellationToken.None).ConfigureAwait(false) && wasHeld;
    }
}
