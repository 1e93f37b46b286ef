using Locks.Client.Core.Cohorts;
using Locks.Client.Core.Leases;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Holding;

/// <summary>
/// A lock that is held. Timers, requests and renewals know this one and never the <see cref="LockHandle"/> in front of it, so that the
/// garbage collector can tell when nobody holds on to the handle any more.
/// </summary>
internal sealed class HeldLock
{
    private const double NearlyAll = 0.95;

    private readonly LockClient _client;
    private readonly PendingRequest _request;
    private readonly string _ownerToken;
    private readonly LockOptions _how;
    private readonly SharedLease? _lease;
    private readonly CohortMembership? _membership;
    private readonly ILifetime _lifetime;
    private readonly Action<LockLoss>? _onLost;
    private readonly LazyCancellation _renewing;
    private readonly Deadline _asked;
    private readonly Release _release;
    private ITimer? _soon;

    /// <param name="client">The client that got the lock.</param>
    /// <param name="request">The request that was granted; it stays open, so that a repeated grant is not taken for a stray one.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="granted">The lease, started before the request that it comes from was sent.</param>
    /// <param name="leaseLength">The lease that was asked for.</param>
    /// <param name="how">How the lock is held.</param>
    /// <param name="lease">The shared lease that the lock lives on, if it does.</param>
    /// <param name="onLost">Called once when the lock is lost.</param>
    public HeldLock(
        LockClient client, PendingRequest request, LockAcquired grant, Deadline granted, TimeSpan leaseLength, LockOptions how,
        SharedLease? lease, Action<LockLoss>? onLost)
    {
        _client = client;
        _request = request;
        _ownerToken = grant.OwnerToken;
        _how = how;
        _lease = lease;
        _onLost = onLost;
        _renewing = new LazyCancellation(client.Logger);
        _asked = Deadline.After(client.Time, leaseLength);
        _release = new Release(ReleaseOnceAsync);
        Key = grant.Key;
        FencingToken = grant.FencingToken;
        _lifetime = lease is null
            ? new LeaseClock(client.TimingFor(how), Mine(granted), OnLost)
            : new SharedLeaseLifetime(lease, client.Timing, OnLost);
        request.WhenEnded(OnPushed);
    }

    /// <summary>A lock that its holder has from the one before it in a run, and leaves to the next.</summary>
    /// <param name="client">The client that got the lock.</param>
    /// <param name="membership">The holder's place in the run.</param>
    /// <param name="granted">What is left of the run's lease, started before the request that it comes from was sent.</param>
    /// <param name="leaseLength">The lease that was asked for.</param>
    /// <param name="how">How the lock is held.</param>
    /// <param name="onLost">Called once when the lock is lost.</param>
    public HeldLock(LockClient client, CohortMembership membership, Deadline granted, TimeSpan leaseLength, LockOptions how, Action<LockLoss>? onLost)
        : this(client, membership.Request!, membership.Grant, granted, leaseLength, how, lease: null, onLost)
    {
        _membership = membership;
        var clock = (LeaseClock)_lifetime;
        membership.Follow(renewed => clock.Extend(Mine(renewed)), clock.Lose);
        if (_lifetime.Loss is { } loss)
            membership.Lose(loss);
    }

    public string Key { get; }

    public long FencingToken { get; }

    public bool IsHeld => State is LockHandleState.Held or LockHandleState.AtRisk;

    public LockHandleState State => _lifetime.StateOf(_release);

    public LockLoss? Loss => _lifetime.Loss;

    public CancellationToken Lost => _lifetime.Lost;

    public CancellationToken AtRisk => _lifetime.AtRisk;

    public void KeepRenewing(WeakReference<object> handle) =>
        _ = new LeaseRenewer(_client.Time, _asked.Length, handle).RunAsync(TryRenewAsync, Abandoned, _renewing.Token);

    public void StopRenewing() => _renewing.Fire();

    /// <summary>Has the lease brought to what was asked for, if that is more than is left, unless the lock is given back soon.</summary>
    /// <param name="granted">The lease that the lock began with.</param>
    public void RenewSoon(Deadline granted)
    {
        if (granted.Left < _asked.Length * NearlyAll)
        {
            _soon = _client.Time.CreateTimer(
                _ => _ = TryRenewAsync(_client.Options.RequestTimeout, CancellationToken.None), null, LeaseTiming.SoonAfter(granted), Timeout.InfiniteTimeSpan);
        }
    }

    public async Task<bool> RenewAsync(TimeSpan? lease, CancellationToken cancellationToken)
    {
        if (lease is { } asked)
            LockLimits.CheckLease(asked)?.Throw(nameof(lease));
        if (!_lifetime.IsRunning)
            return false;
        if (_lease is null)
            return await RenewWithinAsync(lease ?? _asked.Length, isMore: true, _client.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);

        await _client.Leases.RenewAsync(_lease, lease, cancellationToken).ConfigureAwait(false);
        return _lifetime.IsRunning;
    }

    public Task<bool> ReleaseAsync(CancellationToken cancellationToken) => _release.RunAsync(cancellationToken);

    private async Task<bool> ReleaseOnceAsync()
    {
        var wasHeld = _lifetime.IsRunning;
        _lifetime.Stop();
        _request.Dispose();
        _renewing.Fire();
        _soon?.Dispose();

        // Whoever was told that the lock is not its own any more has nothing to give back.
        if (_lifetime.Loss is { Reason: LockLossReason.Revoked or LockLossReason.Superseded or LockLossReason.LeaseEnded })
            return false;

        if (_membership?.HandOn() is { } hadTurn)
            return hadTurn;

        var command = new ReleaseLock(Key, _ownerToken, Cooldown());
        var patience = Deadline.After(_client.Time, _client.Options.RequestTimeout);
        using var request = _client.RequestDispatcher.Open();
        try
        {
            return await _client.RequestDispatcher.AskAsync(request, command, patience, line: null, CancellationToken.None).ConfigureAwait(false) switch
            {
                LockReleased => true,
                // By an earlier copy of the same request, whose answer came later or not at all.
                LockNotHeld => request.IsRepeated && wasHeld,
                _ => false,
            };
        }
        finally
        {
            _membership?.HandoffCompleted();
        }
    }

    /// <summary>What is left of the least time. It counts from when the grant was here, so that it is never less than was asked for.</summary>
    private TimeSpan? Cooldown() =>
        _how.HoldAtLeast - _client.Time.GetElapsedTime(_asked.Start) is { } left && left > TimeSpan.Zero ? left : null;

    /// <param name="lease">The lease, from now on.</param>
    /// <param name="isMore">Whether the holder wants more than it asked for at first.</param>
    /// <param name="patience">How long to wait for the answer.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    private async Task<bool> RenewWithinAsync(TimeSpan lease, bool isMore, TimeSpan patience, CancellationToken cancellationToken)
    {
        var clock = (LeaseClock)_lifetime;
        var sent = Deadline.After(_client.Time, lease);
        clock.Asked();
        try
        {
            var answer = await _client.RequestDispatcher
                .AskAsync(new RenewLock(Key, _ownerToken, lease), sent with { Length = patience }, cancellationToken)
                .ConfigureAwait(false);
            clock.Answered();
            if (answer is LockLost lost)
                Lose(lost.ToLoss());
            else
                Extend(clock, sent, isMore);
        }
        catch (OperationCanceledException)
        {
            clock.Answered();
            throw;
        }

        return clock.IsRunning;
    }

    /// <summary>As much of a lease as was asked for: without automatic renewal, the rest of a run's lease is its next members'.</summary>
    private Deadline Mine(Deadline lease) =>
        _how.AutoRenew || _client.Timing.LessMargin(lease).Left <= _client.Timing.LessMargin(_asked).Left ? lease : _asked;

    private void Extend(LeaseClock clock, Deadline renewed, bool isMore)
    {
        clock.Extend(isMore ? renewed : Mine(renewed));
        _membership?.Renewed(renewed);
    }

    private async Task<bool> TryRenewAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return _lifetime.IsRunning && await RenewWithinAsync(_asked.Length, isMore: false, patience, cancellationToken).ConfigureAwait(false);
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
            Lose(lost.ToLoss());
    }

    /// <summary>What the coordinator takes away, it takes from all that were granted together.</summary>
    private void Lose(LockLoss loss)
    {
        _membership?.Lose(loss);
        _lifetime.Lose(loss);
    }

    private void OnLost(LockLoss loss)
    {
        _request.Dispose();
        _renewing.Fire();
        _soon?.Dispose();
        _membership?.RunOut(loss, _client.Timing);
        _onLost?.Invoke(loss);
    }
}
