using System.Collections.Concurrent;
using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Leases;

/// <summary>
/// A shared lease as this client sees it: one clock for however many locks live on it. Timers and renewals refer to this object and never
/// to the <see cref="Lease"/> in front of it.
/// </summary>
internal sealed class SharedLease
{
    private readonly Lock _gate = new();
    private readonly LockClient _client;
    private readonly Action<SharedLease> _onLost;
    private readonly ConcurrentDictionary<SharedLeaseLifetime, bool> _lifetimes = new();
    private readonly WeakReference<object> _handle = new(null!);
    private readonly Release _revocation;
    private LeaseRenewer? _keepAlive;
    private int _keepAlives;
    private volatile bool _isRevoked;

    /// <param name="client">The client.</param>
    /// <param name="id">The lease's id.</param>
    /// <param name="ttl">How long it lives unless it is renewed, if that is known.</param>
    /// <param name="timing">How its time is counted.</param>
    /// <param name="onLost">Called once when the lease has ended.</param>
    public SharedLease(LockClient client, Guid id, TimeSpan? ttl, LeaseTiming timing, Action<SharedLease> onLost)
    {
        _client = client;
        _onLost = onLost;
        _revocation = new Release(RevokeOnceAsync);
        Id = id;
        Ttl = ttl;
        Clock = new LeaseClock(timing, granted: null, OnLost, OnAtRisk);
    }

    public Guid Id { get; }

    /// <summary>
    /// How long the lease lives unless it is renewed; unknown for another process's lease until the coordinator has reported it.
    /// </summary>
    public TimeSpan? Ttl { get; set; }

    /// <summary>Counts the lease's time; starts when the coordinator first reports how long the lease lives.</summary>
    public LeaseClock Clock { get; }

    /// <summary>Whether this client has revoked the lease. It has ended then, whatever reply may still arrive for it.</summary>
    public bool IsRevoked => _isRevoked;

    /// <summary>
    /// The application's reference to the lease. There is one at a time, so that all of the application refers to the same.
    /// </summary>
    public Lease Handle
    {
        get
        {
            lock (_gate)
            {
                if (_handle.TryGetTarget(out var handle))
                    return (Lease)handle;
                var lease = new Lease(this);
                _handle.SetTarget(lease);
                return lease;
            }
        }
    }

    /// <summary>Extends the lease by what the coordinator reports as left of it, counted from before the request was sent.</summary>
    /// <returns>Whether the lease is alive, by this client's clock.</returns>
    public bool TryExtend(Deadline remaining)
    {
        Clock.Extend(remaining);
        return Clock.IsRunning;
    }

    public void ThrowIfRevoked(string key)
    {
        if (IsRevoked)
            throw new LockRefusedException(key, DenyReasons.LeaseNotFound, "the lease was revoked here");
    }

    /// <summary>
    /// Refuses a request for a lock on this lease as soon as the lease has ended: nothing that the coordinator may grant is worth waiting
    /// for then. Disposing ends that.
    /// </summary>
    public IDisposable FailWhenEnded(PendingRequest request, string key) => Clock.Lost.UnsafeRegister(
        _ => request.Fail(new LockRefusedException(key, DenyReasons.LeaseNotFound, "the lease has ended")), null);

    public void Add(SharedLeaseLifetime lifetime)
    {
        _lifetimes.TryAdd(lifetime, true);
        if (Clock.Loss is { } loss)
            lifetime.OnLeaseLost(loss);
    }

    public void Remove(SharedLeaseLifetime lifetime) => _lifetimes.TryRemove(lifetime, out _);

    /// <summary>
    /// Renews in the background, every third of the ttl, until the token fires, the lease has ended, or the application refers to it no
    /// more.
    /// </summary>
    public void StartKeepAlive(CancellationToken until)
    {
        LeaseRenewer keepAlive;
        lock (_gate)
        {
            keepAlive = _keepAlive ??= new LeaseRenewer(
                _client.Timing.Timers, Ttl ?? _client.Options.DefaultLease, _handle, TryRenewAsync, TryAbandon, _client.Logger);
            if (++_keepAlives == 1)
                keepAlive.Start();
        }

        // The token may outlive many leases, and must not hold a registration for each of them.
        var registration = until.UnsafeRegister(_ => StopKeepAlive(keepAlive), null);
        Clock.Lost.UnsafeRegister(static registration => ((CancellationTokenRegistration)registration!).Dispose(), registration);
    }

    /// <summary>Ends the background renewal. The lease lives on until its time is over, for the locks of others on it.</summary>
    public void StopKeepAlive()
    {
        lock (_gate)
            StopRenewing();
    }

    public Task<bool> RevokeAsync(CancellationToken cancellationToken) => _revocation.RunAsync(cancellationToken);

    /// <summary>Revokes without a caller that could handle an exception: if there is no answer, the lease ends by itself.</summary>
    public Task RevokeOrLogAsync() => LogIfUnansweredAsync(RevokeAsync(CancellationToken.None));

    private async Task<bool> RevokeOnceAsync()
    {
        // The locks are lost here before the coordinator can grant them to another owner.
        _isRevoked = true;
        Clock.Lose(new LockLoss(LockLossReason.Revoked, _client.Options.Owner));
        var deadline = Deadline.After(_client.Time, _client.Options.RequestTimeout);
        if (Clock.End is not { HasPassed: true })
            return await SendRevokeAsync(deadline.NoLaterThan(Clock.End)).ConfigureAwait(false);

        // The lease is over here, whatever the answer. At the coordinator it may last a moment longer, or be renewed.
        _ = LogIfUnansweredAsync(SendRevokeAsync(deadline));
        return false;
    }

    private async Task<bool> SendRevokeAsync(Deadline deadline)
    {
        try
        {
            return await _client.Leases.SendRevokeAsync(Id, deadline).ConfigureAwait(false);
        }
        finally
        {
            _onLost(this);
        }
    }

    private async Task LogIfUnansweredAsync(Task<bool> revocation)
    {
        try
        {
            await revocation.ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            _client.Logger.RevocationUnanswered(LeaseFingerprint.Of(Id), exception);
        }
    }

    private async Task<bool> TryRenewAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.Leases.RenewAsync(Id, cancellationToken).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            _client.Logger.LeaseRenewalUnanswered(LeaseFingerprint.Of(Id), exception);
            return Clock.IsRunning;
        }
    }

    private void StopKeepAlive(LeaseRenewer keepAlive)
    {
        lock (_gate)
        {
            // The token of a keep-alive that was abandoned must not count against a later one.
            if (_keepAlive == keepAlive && --_keepAlives == 0)
                StopRenewing();
        }
    }

    private bool TryAbandon()
    {
        lock (_gate)
        {
            if (_handle.TryGetTarget(out _))
                return false;
            StopRenewing();
        }

        _client.Logger.LeaseAbandoned(LeaseFingerprint.Of(Id));
        return true;
    }

    private void StopRenewing()
    {
        _keepAlives = 0;
        _keepAlive?.Stop();
        _keepAlive = null;
    }

    private void OnAtRisk()
    {
        bool isRenewed;
        lock (_gate)
            isRenewed = _keepAlives > 0;
        if (isRenewed)
            _client.Meter.CountLateRenewal(key: null);
    }

    private void OnLost(LockLoss loss)
    {
        if (loss.Reason == LockLossReason.MaxHoldReached)
            _client.Logger.LeaseMaxHoldReached(LeaseFingerprint.Of(Id));
        lock (_gate)
            StopRenewing();
        foreach (var lifetime in _lifetimes.Keys)
            lifetime.OnLeaseLost(loss);
        if (!IsRevoked)
            _onLost(this);
    }
}
