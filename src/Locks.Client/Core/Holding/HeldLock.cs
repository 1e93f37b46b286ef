using Locks.Client.Core.Leases;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Core.Runs;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Holding;

/// <summary>
/// A lock that is held. Timers, requests and renewals know this one and never the <see cref="LockHandle"/> in front of it, so that the
/// garbage collector can tell when nobody holds on to the handle any more.
/// </summary>
internal sealed class HeldLock
{
    private readonly LockClient _client;
    private readonly PendingRequest _request;
    private readonly string _ownerToken;
    private readonly LockOptions _how;
    private readonly TimeSpan _leaseLength;
    private readonly SharedLease? _lease;
    private readonly Seat? _seat;
    private readonly ILifetime _lifetime;
    private readonly Action<LockLoss>? _onLost;
    private readonly Signal _renewing;
    private readonly long _received;
    private readonly Release _release;

    /// <param name="client">The client that got the lock.</param>
    /// <param name="request">The request that was granted; it stays open, so that a repeated grant is not taken for a stray one.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="granted">The lease, started before the request that it comes from was sent.</param>
    /// <param name="how">How the lock is held.</param>
    /// <param name="lease">The shared lease that the lock lives on, if it does.</param>
    /// <param name="onLost">Called once when the lock is lost.</param>
    public HeldLock(
        LockClient client, PendingRequest request, LockAcquired grant, Deadline granted, LockOptions how, SharedLease? lease,
        Action<LockLoss>? onLost)
    {
        _client = client;
        _request = request;
        _ownerToken = grant.OwnerToken;
        _how = how;
        _leaseLength = granted.Length;
        _lease = lease;
        _onLost = onLost;
        _renewing = new Signal(client.Logger);
        _received = client.Time.GetTimestamp();
        _release = new Release(ReleaseOnceAsync);
        Key = grant.Key;
        FencingToken = grant.FencingToken;
        _lifetime = lease is null
            ? new LeaseCountdown(client.TimingFor(how), granted, OnLost)
            : new LeaseFollower(lease, client.Timing, OnLost);
        request.WhenEnded(OnPushed);
    }

    /// <summary>A lock that its holder has from the one before it in a run, and leaves to the next.</summary>
    /// <param name="client">The client that got the lock.</param>
    /// <param name="seat">The holder's place in the run.</param>
    /// <param name="granted">What is left of the run's lease, started before the request that it comes from was sent.</param>
    /// <param name="lease">The lease that was asked for.</param>
    /// <param name="how">How the lock is held.</param>
    /// <param name="onLost">Called once when the lock is lost.</param>
    public HeldLock(LockClient client, Seat seat, Deadline granted, TimeSpan lease, LockOptions how, Action<LockLoss>? onLost)
        : this(client, seat.Request!, seat.Grant, granted, how, lease: null, onLost)
    {
        _seat = seat;
        _leaseLength = lease;
        seat.Follow(((LeaseCountdown)_lifetime).Extend, _lifetime.Lose);
        if (_lifetime.Loss is { } loss)
            seat.Lose(loss);
    }

    public string Key { get; }

    public long FencingToken { get; }

    public bool IsHeld => State is LockHandleState.Held or LockHandleState.AtRisk;

    public LockHandleState State => _lifetime.StateOf(_release);

    public LockLoss? Loss => _lifetime.Loss;

    public CancellationToken Lost => _lifetime.Lost;

    public CancellationToken AtRisk => _lifetime.AtRisk;

    public void KeepRenewing(WeakReference<object> handle) =>
        _ = new LeaseKeeper(_client.Time, _leaseLength, handle).RunAsync(TryRenewAsync, Abandoned, _renewing.Token);

    public void StopRenewing() => _renewing.Fire();

    public async Task<bool> RenewAsync(TimeSpan? lease, CancellationToken cancellationToken)
    {
        if (lease is { } asked)
            LockLimits.CheckLease(asked)?.Throw(nameof(lease));
        if (!_lifetime.IsRunning)
            return false;
        if (_lease is null)
            return await RenewWithinAsync(lease ?? _leaseLength, _client.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);

        await _client.Leases.RenewAsync(_lease, lease, cancellationToken).ConfigureAwait(false);
        return _lifetime.IsRunning;
    }

    public Task<bool> ReleaseAsync(CancellationToken cancellationToken) => _release.RunAsync(cancellationToken);

    private async Task<bool> ReleaseOnceAsync()
    {
        _lifetime.Stop();
        _request.Dispose();
        _renewing.Fire();

        // Whoever was told that the lock is not its own any more has nothing to give back.
        if (_lifetime.Loss is { Reason: LockLossReason.Revoked or LockLossReason.Superseded or LockLossReason.LeaseEnded })
            return false;

        if (_seat is not null && _seat.TryHandOn())
            return true;

        var command = new ReleaseLock(Key, _ownerToken, KeepFor());
        var patience = Deadline.After(_client.Time, _client.Options.RequestTimeout);
        return await _client.Requester.AskAsync(command, patience, CancellationToken.None).ConfigureAwait(false) is LockReleased;
    }

    /// <summary>What is left of the least time. It counts from when the grant was here, so that it is never less than was asked for.</summary>
    private TimeSpan? KeepFor() =>
        _how.HoldAtLeast - _client.Time.GetElapsedTime(_received) is { } left && left > TimeSpan.Zero ? left : null;

    private async Task<bool> RenewWithinAsync(TimeSpan lease, TimeSpan patience, CancellationToken cancellationToken)
    {
        var countdown = (LeaseCountdown)_lifetime;
        var sent = Deadline.After(_client.Time, lease);
        countdown.Asked();
        try
        {
            var answer = await _client.Requester
                .AskAsync(new RenewLock(Key, _ownerToken, lease), sent with { Length = patience }, cancellationToken)
                .ConfigureAwait(false);
            countdown.Answered();
            if (answer is LockLost lost)
                countdown.Lose(lost.ToLoss());
            else
                Extend(countdown, sent);
        }
        catch (OperationCanceledException)
        {
            countdown.Answered();
            throw;
        }

        return countdown.IsRunning;
    }

    private void Extend(LeaseCountdown countdown, Deadline renewed)
    {
        countdown.Extend(renewed);
        _seat?.Renewed(renewed);
    }

    private async Task<bool> TryRenewAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return _lifetime.IsRunning && await RenewWithinAsync(_leaseLength, patience, cancellationToken).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            _client.Logger.RenewalUnanswered(Key, exception);
            return _lifetime.IsRunning;
        }
    }

    private void Abandoned() => _client.Logger.HandleAbandoned(Key);

    private void OnPushed(object word)
    {
        if (word is LockLost lost && (lost.FencingToken is null || lost.FencingToken == FencingToken))
            _lifetime.Lose(lost.ToLoss());
    }

    private void OnLost(LockLoss loss)
    {
        _request.Dispose();
        _renewing.Fire();
        _seat?.Lose(loss);
        _onLost?.Invoke(loss);
    }
}
