using System.Diagnostics;
using Locks.Client.Core.Cohorts;
using Locks.Client.Core.Leases;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Diagnostics;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Transport;

namespace Locks.Client.Core.Holding;

/// <summary>
/// A lock that is held. Timers, requests and renewals refer to this object and never to the <see cref="LockHandle"/> in front of it, so
/// that the garbage collector can tell when the application refers to the handle no more.
/// </summary>
internal sealed class HeldLock
{
    // A lease of which less than this share is left is renewed early.
    private const double FullShare = 0.95;

    private readonly LockClient _client;
    private readonly PendingRequest _request;
    private readonly string _ownerToken;
    private readonly Guid _acquireId;
    private readonly LockOptions _options;
    private readonly SharedLease? _lease;
    private readonly CohortMembership? _membership;
    private readonly ILifetime _lifetime;
    private readonly Action<LockLoss>? _onLost;
    private readonly Release _release;
    private readonly long _heldSince;
    private readonly RenewalCondition? _renewalCondition;
    private volatile Terms _terms;
    private TimeSpan? _maxHold;
    private ITimer? _earlyRenewal;
    private LeaseRenewer? _renewer;
    private bool _isRenewingOver;
    private bool _isMeasured;

    /// <param name="client">The client that was granted the lock.</param>
    /// <param name="request">The request that was granted; it stays open, so that a repeated grant is not taken for a stray one.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="granted">The granted lease, started before its request was sent.</param>
    /// <param name="leaseLength">The length of the requested lease.</param>
    /// <param name="options">How the lock is held.</param>
    /// <param name="lease">The shared lease that the lock lives on, if any.</param>
    /// <param name="flow">The mark of the flow that acquired the lock, where it is known.</param>
    /// <param name="onLost">Called once when the lock is lost.</param>
    public HeldLock(
        LockClient client, PendingRequest request, LockAcquired grant, Deadline granted, TimeSpan leaseLength, LockOptions options,
        SharedLease? lease, HoldingFlow? flow, Action<LockLoss>? onLost)
    {
        _client = client;
        _request = request;
        _ownerToken = grant.OwnerToken;
        _acquireId = grant.AcquireId;
        _options = options;
        _lease = lease;
        _onLost = onLost;
        _heldSince = client.Time.GetTimestamp();
        _terms = new Terms(new Deadline(client.Time, _heldSince, leaseLength), IsRenewed: options.AutoRenew is true);
        _release = new Release(ReleaseOnceAsync);
        Key = grant.Key;
        FencingToken = grant.FencingToken;
        Flow = flow;
        _renewalCondition = options.RenewWhile is { } isHealthy ? new RenewalCondition(isHealthy, client.Time) : null;
        _lifetime = lease is null
            ? NewClock(granted)
            : new SharedLeaseLifetime(lease, client.Timing, OnLost);
        client.HeldLocks.Add(this);
        request.SubscribeToLoss(OnLossReported);
        if (_lifetime.Loss is not null)
            client.HeldLocks.Remove(this);
    }

    /// <summary>A lock that a member of a cohort holds: it comes from the member before, and goes to the next one.</summary>
    /// <param name="client">The client that was granted the lock.</param>
    /// <param name="membership">The holder's membership of the cohort.</param>
    /// <param name="granted">The cohort's lease, started before its request was sent.</param>
    /// <param name="leaseLength">The length of the requested lease.</param>
    /// <param name="options">How the lock is held.</param>
    /// <param name="flow">The mark of the flow that acquired the lock, where it is known.</param>
    /// <param name="onLost">Called once when the lock is lost.</param>
    public HeldLock(
        LockClient client, CohortMembership membership, Deadline granted, TimeSpan leaseLength, LockOptions options,
        HoldingFlow? flow, Action<LockLoss>? onLost)
        : this(client, membership.Request!, membership.Grant, granted, leaseLength, options, lease: null, flow, onLost)
    {
        _membership = membership;
        var clock = (LeaseClock)_lifetime;
        membership.Subscribe(renewed => clock.Extend(LimitToRequested(renewed)), clock.Lose);
        if (_lifetime.Loss is { } loss)
            membership.Lose(loss);
    }

    public string Key { get; }

    public long FencingToken { get; }

    /// <summary>The secret that renews and releases the lock.</summary>
    public string OwnerToken => _ownerToken;

    /// <summary>The owner that holds it, for people to read.</summary>
    public string Owner => _options.Owner ?? _client.Options.Owner;

    /// <summary>The mark of the flow that acquired the lock, where it is known.</summary>
    public HoldingFlow? Flow { get; }

    /// <summary>The span of the call that acquired the lock, where that was traced.</summary>
    public ActivityContext? AcquiredIn { get; init; }

    /// <summary>How long the lock has been held here.</summary>
    public TimeSpan HeldFor => _client.Time.GetElapsedTime(_heldSince);

    public bool IsHeld => State is LockHandleState.Held or LockHandleState.AtRisk;

    public LockHandleState State => _lifetime.StateOf(_release);

    public LockLoss? Loss => _lifetime.Loss;

    public CancellationToken Lost => _lifetime.Lost;

    public CancellationToken AtRisk => _lifetime.AtRisk;

    /// <summary>The lease that was requested, counted from when the holder got the lock.</summary>
    private Deadline Requested => _terms.Requested;

    /// <summary>Renews the lock in the background until it is released or lost, or the application refers to the handle no more.</summary>
    public void StartRenewing(WeakReference<object> handle)
    {
        var renewer = new LeaseRenewer(_client.Timing.Timers, Requested.Length, handle, RenewIfHealthyAsync, TryAbandon, _client.Logger);
        if (Interlocked.CompareExchange(ref _renewer, renewer, null) is not null)
            return;

        _terms = _terms with { IsRenewed = true };
        renewer.Start();

        // The lock may have been released or lost meanwhile.
        if (Volatile.Read(ref _isRenewingOver))
            renewer.Stop();
    }

    /// <summary>Holds the lock for no longer than this from now on; for a lock with a lease of its own.</summary>
    public void LimitHold(TimeSpan limit)
    {
        _maxHold = limit;
        ((LeaseClock)_lifetime).LimitTo(Deadline.After(_client.Time, limit));
    }

    /// <summary>Ends the background renewal, for good.</summary>
    public void StopRenewing()
    {
        // First the flag, then the renewer; StartRenewing does it the other way round. So one of the two stops it.
        Interlocked.Exchange(ref _isRenewingOver, true);
        Volatile.Read(ref _renewer)?.Stop();
    }

    /// <summary>
    /// Schedules one renewal that brings the lease to its requested length, if clearly less is left. A lock that is released before needs
    /// none.
    /// </summary>
    /// <param name="granted">The lease that the lock started with.</param>
    public void ScheduleEarlyRenewal(Deadline granted)
    {
        if (granted.Left < Requested.Length * FullShare)
            ScheduleRenewal(LeaseTiming.EarlyRenewalDelay(granted));
    }

    /// <summary>
    /// The holder waited for other locks, and has them now: it holds this one from now on, for all of its lease and without renewal.
    /// </summary>
    /// <returns>Whether enough is left of the lease to start with; the lock must be renewed first if not.</returns>
    public bool Restart()
    {
        StopRenewing();
        _terms = new Terms(Deadline.After(_client.Time, Requested.Length), IsRenewed: false);
        if (_lifetime.End is not { } end)
            return false;
        if (end.Left < _client.Timing.LessMargin(Requested).Left * FullShare)
            ScheduleRenewal(LeaseTiming.EarlyRenewalDelay(end));
        return _client.TimingFor(_options).AtRisk(end).Left >= LeaseTiming.EarlyRenewalDelay(end) * 2;
    }

    public Task<bool> RenewAsync(TimeSpan? lease, CancellationToken cancellationToken)
    {
        if (lease is { } length)
            LockLimits.CheckLease(length)?.Throw(nameof(lease));
        return ClientTracing.IsEnabled ? RenewInSpanAsync(lease, cancellationToken) : RenewByCallerAsync(lease, cancellationToken);
    }

    private Task<bool> RenewInSpanAsync(TimeSpan? lease, CancellationToken cancellationToken) =>
        HoldSpans.RunAsync(HoldSpans.Renew, AcquiredIn, () => RenewByCallerAsync(lease, cancellationToken));

    private async Task<bool> RenewByCallerAsync(TimeSpan? lease, CancellationToken cancellationToken)
    {
        if (!_lifetime.IsRunning)
            return false;
        if (_lease is null)
        {
            return await RenewOnceAsync(lease ?? Requested.Length, isByCaller: true, _client.Options.RequestTimeout, cancellationToken)
                .ConfigureAwait(false);
        }

        await _client.Leases.RenewAsync(_lease, lease, cancellationToken).ConfigureAwait(false);
        return _lifetime.IsRunning;
    }

    public Task<bool> ReleaseAsync(CancellationToken cancellationToken) =>
        ClientTracing.IsEnabled && _release.State is not LockHandleState.Released
            ? ReleaseInSpanAsync(cancellationToken)
            : _release.RunAsync(cancellationToken);

    private Task<bool> ReleaseInSpanAsync(CancellationToken cancellationToken) =>
        HoldSpans.RunAsync(HoldSpans.Release, AcquiredIn, () => _release.RunAsync(cancellationToken));

    private void ScheduleRenewal(TimeSpan delay)
    {
        _earlyRenewal ??= DetachedContext.CreateTimer(_client.Time, static held => ((HeldLock)held!).RenewEarly(), this);
        _earlyRenewal.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private LeaseClock NewClock(Deadline granted)
    {
        var clock = new LeaseClock(_client.TimingFor(_options), LimitToRequested(granted), OnLost, OnAtRisk);
        if ((_maxHold = _options.MaxHold) is { } limit)
            clock.LimitTo(Requested with { Length = limit });
        return clock;
    }

    private Task<bool> ReleaseOnceAsync()
    {
        var wasHeld = _lifetime.IsRunning || _lifetime.Loss is { Reason: LockLossReason.ClientStopped };
        _lifetime.Stop();
        IsOver();
        MeasureEnd(HoldOutcomes.Released);
        _request.Dispose();
        StopRenewing();
        _earlyRenewal?.Dispose();

        // The coordinator has taken the lock away: there is nothing to release.
        if (_lifetime.Loss is { Reason: LockLossReason.Revoked or LockLossReason.Superseded or LockLossReason.LeaseEnded })
            return Task.FromResult(false);

        if (_membership?.HandOff() is { } wasHolder)
            return Task.FromResult(wasHolder);

        var deadline = Deadline.After(_client.Time, _client.Options.RequestTimeout);
        var end = _lifetime.End;
        if (_lifetime.Loss is null or { Reason: LockLossReason.ClientStopped } && end?.HasPassedAt(deadline.Start) is not true)
            return SendReleaseAsync(deadline.NoLaterThan(end), wasHeld);

        // The lock is over for this holder, whatever the answer. At the coordinator its lease may last a moment longer, or be renewed.
        _ = LogIfUnansweredAsync(SendReleaseAsync(deadline, wasHeld: false));
        return Task.FromResult(false);
    }

    private async Task<bool> SendReleaseAsync(Deadline deadline, bool wasHeld)
    {
        using var request = _client.RequestDispatcher.Open();
        try
        {
            var answer = await _client.RequestDispatcher
                .RequestAsync(request, new ReleaseLock(Key, _ownerToken, Cooldown(), _acquireId), deadline, wait: null, CancellationToken.None)
                .ConfigureAwait(false);
            return answer switch
            {
                LockReleased => true,
                // An earlier copy of the same request has released the lock, and its answer came later or not at all.
                LockNotHeld => request.IsRepeated && wasHeld,
                _ => false,
            };
        }
        finally
        {
            _membership?.HandoffCompleted();
        }
    }

    private async Task LogIfUnansweredAsync(Task<bool> release)
    {
        try
        {
            await release.ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            _client.Logger.ReleaseUnanswered(Key, exception);
        }
    }

    /// <summary>
    /// What is left of <see cref="LockOptions.HoldAtLeast"/>, counted from the grant's arrival: never less than the option asks for.
    /// </summary>
    private TimeSpan? Cooldown() =>
        _options.HoldAtLeast is { } least && least - _client.Time.GetElapsedTime(Requested.Start) is var left && left > TimeSpan.Zero
            ? left
            : null;

    /// <param name="lease">The lease, from now on.</param>
    /// <param name="isByCaller">Whether the caller asked for it, and so may have more than the requested lease.</param>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    private async Task<bool> RenewOnceAsync(TimeSpan lease, bool isByCaller, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var clock = (LeaseClock)_lifetime;
        var sent = Deadline.After(_client.Time, lease);
        clock.RenewalSent();
        try
        {
            var answer = await _client.RequestDispatcher
                .RequestAsync(new RenewLock(Key, _ownerToken, lease), sent with { Length = timeout }, cancellationToken)
                .ConfigureAwait(false);
            clock.RenewalAnswered();
            if (answer is LockLost lost)
                LoseWithCohort(lost.ToLoss());
            else
                Extend(clock, sent, isByCaller);
        }
        catch (OperationCanceledException)
        {
            clock.RenewalAnswered();
            throw;
        }

        return clock.IsRunning;
    }

    /// <summary>
    /// No more of a lease than was requested. Without automatic renewal, the rest of a cohort's lease belongs to its next members.
    /// </summary>
    private Deadline LimitToRequested(Deadline lease) =>
        _terms is var terms && (terms.IsRenewed || !_client.Timing.LessMargin(lease).EndsAfter(_client.Timing.LessMargin(terms.Requested)))
            ? lease
            : terms.Requested;

    private void Extend(LeaseClock clock, Deadline renewed, bool isByCaller)
    {
        // First for all members: a release that follows hands the renewed lease on.
        _membership?.Extend(renewed);
        clock.Extend(isByCaller ? renewed : LimitToRequested(renewed));
    }

    private async Task<bool> TryRenewAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return _lifetime.IsRunning
                && await RenewOnceAsync(Requested.Length, isByCaller: false, timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            _client.Logger.RenewalUnanswered(Key, exception);
            return _lifetime.IsRunning;
        }
    }

    private async Task<bool> RenewIfHealthyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_renewalCondition is null || await IsHealthyAsync(_renewalCondition, timeout / 2, cancellationToken).ConfigureAwait(false))
            return await TryRenewAsync(timeout, cancellationToken).ConfigureAwait(false);

        ((LeaseClock)_lifetime).RenewalWithheld();
        return _lifetime.IsRunning;
    }

    private async Task<bool> IsHealthyAsync(RenewalCondition condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            if (await condition.HoldsAsync(limit, cancellationToken).ConfigureAwait(false))
                return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever the failure: work that can't say that it is healthy does not count as healthy.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        _client.Logger.RenewalWithheld(Key, limit, failure);
        return false;
    }

    private void RenewEarly() => _ = TryRenewAsync(_client.Options.RequestTimeout, CancellationToken.None);

    /// <summary>A lock has one handle, so the application cannot get another one.</summary>
    private bool TryAbandon()
    {
        _client.Logger.HandleAbandoned(Key);
        return true;
    }

    private void OnLossReported(object message)
    {
        if (message is LockLost lost && (lost.FencingToken is null || lost.FencingToken == FencingToken))
            LoseWithCohort(lost.ToLoss());
        else if (message is ClientStop stop)
            stop.Add(EndWithClientAsync(stop.Grace));
    }

    /// <summary>
    /// The client stops. The holder is told, and releases the lock itself if it can by then. After the grace the lock is released for it: it
    /// could not be renewed any more.
    /// </summary>
    private async Task EndWithClientAsync(Task grace)
    {
        if (_options.HoldUntilExpiry)
        {
            StopRenewing();
            return;
        }

        _lifetime.Lose(new LockLoss(LockLossReason.ClientStopped));
        await Task.WhenAny(_release.Begun, grace).ConfigureAwait(false);
        await LogIfUnansweredAsync(_release.RunAsync(CancellationToken.None)).ConfigureAwait(false);
    }

    /// <summary>Loses the lock; what the coordinator takes away, it takes from all members of a cohort.</summary>
    private void LoseWithCohort(LockLoss loss)
    {
        _membership?.Lose(loss);
        _lifetime.Lose(loss);
    }

    private void IsOver()
    {
        _client.HeldLocks.Remove(this);
        Flow?.End();
    }

    /// <summary>A hold ends once, although a lock that was lost may be released after that.</summary>
    private void MeasureEnd(string outcome)
    {
        if (!Interlocked.Exchange(ref _isMeasured, true))
            _client.Meter.RecordHold(_client.Time, _heldSince, outcome, Key);
    }

    private void OnAtRisk()
    {
        if (_terms.IsRenewed)
            _client.Meter.CountLateRenewal(Key);
    }

    private void OnLost(LockLoss loss)
    {
        IsOver();
        MeasureEnd(HoldOutcomes.Of(loss.Reason));
        // The end of its lease is what the holder asked for.
        if (loss.Reason != LockLossReason.Expired || !_options.HoldUntilExpiry)
            _client.Meter.CountLoss(HoldOutcomes.Of(loss.Reason), Key);
        if (loss.Reason == LockLossReason.MaxHoldReached && _lease is null)
            _client.Logger.MaxHoldReached(Key, _maxHold);
        _request.Dispose();
        StopRenewing();
        _earlyRenewal?.Dispose();
        // A holder whose client stops still has the lock; its release hands it on.
        if (loss.Reason != LockLossReason.ClientStopped)
            _membership?.Expire(loss, _client.Timing);
        _onLost?.Invoke(loss);
    }

    /// <summary>For how long the lock is held without being asked to renew.</summary>
    /// <param name="Requested">The lease that was requested, counted from when the holder got the lock.</param>
    /// <param name="IsRenewed">Whether it is renewed in the background.</param>
    private sealed record Terms(Deadline Requested, bool IsRenewed);
}
