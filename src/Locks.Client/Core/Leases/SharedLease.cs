using System.Collections.Concurrent;
using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Leases;

/// <summary>
/// A shared lease as this client sees it: one clock for however many locks live on it. Timers and renewals know this one and never the
/// <see cref="Lease"/> in front of it.
/// </summary>
internal sealed class SharedLease
{
    private readonly Lock _gate = new();
    private readonly LockClient _client;
    private readonly Action<SharedLease> _onLost;
    private readonly ConcurrentDictionary<SharedLeaseLifetime, bool> _cohort = new();
    private readonly WeakReference<object> _handle = new(null!);
    private readonly Release _revocation;
    private LazyCancellation? _keeping;
    private int _keepers;
    private volatile bool _isRevoked;

    /// <param name="client">The client.</param>
    /// <param name="id">The lease's name.</param>
    /// <param name="ttl">How long it lives, if that is known.</param>
    /// <param name="timing">How it is counted.</param>
    /// <param name="onLost">Called once when the lease is over.</param>
    public SharedLease(LockClient client, Guid id, TimeSpan? ttl, LeaseTiming timing, Action<SharedLease> onLost)
    {
        _client = client;
        _onLost = onLost;
        _revocation = new Release(RevokeOnceAsync);
        Id = id;
        Ttl = ttl;
        Clock = new LeaseClock(timing, granted: null, OnLost);
    }

    public Guid Id { get; }

    /// <summary>Unknown for a lease that another process was granted, until the coordinator has told.</summary>
    public TimeSpan? Ttl { get; set; }

    /// <summary>It starts to run with the first word of the coordinator.</summary>
    public LeaseClock Clock { get; }

    /// <summary>Whether this client has asked to end the lease: it is over then, whatever may still come for it.</summary>
    public bool IsRevoked => _isRevoked;

    /// <summary>What the caller holds on to. There is one at a time, so that all who hold on to the lease hold on to the same.</summary>
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

    /// <summary>The coordinator has said how long the lease lives on; counted from before it was asked.</summary>
    /// <returns>Whether it does, here.</returns>
    public bool Observe(Deadline remaining)
    {
        Clock.Extend(remaining);
        return Clock.IsRunning;
    }

    public void RefuseIfRevoked(string key)
    {
        if (IsRevoked)
            throw new LockRefusedException(key, DenyReasons.LeaseNotFound, "the lease was revoked here");
    }

    public void Add(SharedLeaseLifetime member)
    {
        _cohort.TryAdd(member, true);
        if (Clock.Loss is { } loss)
            member.OnLeaseLost(loss);
    }

    public void Remove(SharedLeaseLifetime member) => _cohort.TryRemove(member, out _);

    /// <summary>Renews in the background until the token fires, the lease is over, or nobody holds on to it any more.</summary>
    public void Keep(CancellationToken until)
    {
        lock (_gate)
        {
            if (++_keepers == 1)
            {
                _keeping = new LazyCancellation(_client.Logger);
                var keeper = new LeaseRenewer(_client.Time, Ttl ?? _client.Options.DefaultLease, _handle);
                _ = keeper.RunAsync(TryRenewAsync, Abandoned, _keeping.Token);
            }
        }

        // The token may outlive many leases, and must not remember each of them.
        var registration = until.UnsafeRegister(static lease => ((SharedLease)lease!).Unkeep(), this);
        Clock.Lost.UnsafeRegister(static registration => ((CancellationTokenRegistration)registration!).Dispose(), registration);
    }

    public Task<bool> RevokeAsync(CancellationToken cancellationToken) => _revocation.RunAsync(cancellationToken);

    /// <summary>Revokes where nobody could do anything about an exception: the lease ends by itself.</summary>
    public async Task RevokeOrWarnAsync()
    {
        try
        {
            await RevokeAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            _client.Logger.RevocationUnanswered(Id, exception);
        }
    }

    private async Task<bool> RevokeOnceAsync()
    {
        // Nobody here may believe to hold a lock that the coordinator could grant to somebody else.
        _isRevoked = true;
        Clock.Lose(new LockLoss(LockLossReason.Revoked, _client.Options.Owner));
        try
        {
            return await _client.Leases.AskToRevokeAsync(Id).ConfigureAwait(false);
        }
        finally
        {
            _onLost(this);
        }
    }

    private async Task<bool> TryRenewAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.Leases.RenewAsync(Id, cancellationToken).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            _client.Logger.LeaseRenewalUnanswered(Id, exception);
            return Clock.IsRunning;
        }
    }

    private void Unkeep()
    {
        lock (_gate)
        {
            if (_keepers > 0 && --_keepers == 0)
                StopKeeping();
        }
    }

    private void Abandoned()
    {
        _client.Logger.LeaseAbandoned(Id);
        lock (_gate)
            StopKeeping();
    }

    private void StopKeeping()
    {
        _keepers = 0;
        _keeping?.Fire();
        _keeping = null;
    }

    private void OnLost(LockLoss loss)
    {
        lock (_gate)
            StopKeeping();
        foreach (var member in _cohort.Keys)
            member.OnLeaseLost(loss);
        if (!IsRevoked)
            _onLost(this);
    }
}
