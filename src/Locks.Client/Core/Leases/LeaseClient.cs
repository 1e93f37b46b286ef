using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Leases;

/// <summary>Asks the coordinator about shared leases, and keeps the book of them.</summary>
internal sealed class LeaseClient(LockClient client) : ILeases
{
    private readonly LeaseRegistry _registry = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Task<bool>> _renewals = [];

    public async Task<ILease> GrantAsync(TimeSpan ttl, CancellationToken cancellationToken = default) =>
        await GrantAsync(ttl, client.Options.Owner, client.Timing, cancellationToken).ConfigureAwait(false);

    public Task<bool> RenewAsync(Guid leaseId, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));
        cancellationToken.ThrowIfCancellationRequested();

        Task<bool>? renewal;
        lock (_gate)
        {
            if (!_renewals.TryGetValue(leaseId, out renewal))
            {
                renewal = RenewAndForgetAsync(leaseId);
                if (!renewal.IsCompleted)
                    _renewals.Add(leaseId, renewal);
            }
        }

        return renewal.WaitAsync(cancellationToken);
    }

    public async Task<ILease> KeepAliveAsync(Guid leaseId, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));

        using var use = Use(leaseId);
        if (!await RenewAsync(leaseId, cancellationToken).ConfigureAwait(false) || !use.Lease.Clock.IsRunning)
            throw new LeaseNotFoundException(leaseId);

        var lease = use.Lease.Handle;
        use.Lease.Keep(cancellationToken);
        return lease;
    }

    public async Task<LeaseTimeToLive?> TimeToLiveAsync(Guid leaseId, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));

        return await AskAsync(new DescribeLease(leaseId), cancellationToken).ConfigureAwait(false) is LeaseDescribed lease
            ? new LeaseTimeToLive(lease.Ttl, lease.Remaining, lease.Owner, lease.Locks)
            : null;
    }

    public Task<bool> RevokeAsync(Guid leaseId, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));
        cancellationToken.ThrowIfCancellationRequested();

        return RevokeKnownAsync(leaseId, cancellationToken);
    }

    public async Task<Lease> GrantAsync(TimeSpan ttl, string owner, LeaseTiming timing, CancellationToken cancellationToken)
    {
        LockLimits.CheckTtl(ttl)?.Throw(nameof(ttl));
        LockLimits.CheckOwner(owner)?.Throw(nameof(owner));
        cancellationToken.ThrowIfCancellationRequested();

        var id = Guid.CreateVersion7(client.Time.GetUtcNow());
        var patience = Deadline.After(client.Time, client.Options.RequestTimeout);
        var request = client.RequestDispatcher.OpenForUpdates(id);
        var isGranted = false;
        try
        {
            await client.RequestDispatcher.PrepareAsync(patience, cancellationToken).ConfigureAwait(false);
            var sent = Deadline.After(client.Time, ttl);
            var command = new GrantLease(id, ttl, owner, client.ClientId);
            if (await client.RequestDispatcher.AskAsync(request, command, patience, line: null, cancellationToken).ConfigureAwait(false) is not LeaseGranted
                || timing.IsOver(sent))
                throw new LockUnavailableException("The grant of the lease came too late: it was over before it was here.");

            isGranted = true;
            return Begin(id, sent, timing, request).Handle;
        }
        finally
        {
            if (!isGranted)
            {
                request.Dispose();
                client.RequestDispatcher.Tell(new RevokeLease(id, owner));
            }
        }
    }

    /// <summary>Renews the lease that a lock lives on, for its own time or a longer one.</summary>
    public async Task RenewAsync(SharedLease lease, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        if (ttl is { } asked)
            await RenewOnceAsync(lease, asked).WaitAsync(cancellationToken).ConfigureAwait(false);
        else
            await RenewAsync(lease.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How long a lease lives, if that is known here.</summary>
    public TimeSpan? KnownTtl(Guid id) => _registry.Find(id)?.Ttl;

    public LeaseReference Use(Guid id) => _registry.Use(id, NewLease);

    public async Task<bool> AskToRevokeAsync(Guid id) =>
        await AskAsync(new RevokeLease(id, client.Options.Owner), CancellationToken.None).ConfigureAwait(false) is LeaseRevoked;

    private async Task<bool> RevokeKnownAsync(Guid id, CancellationToken cancellationToken)
    {
        using var use = Use(id);
        return await use.Lease.RevokeAsync(cancellationToken).ConfigureAwait(false);
    }

    private SharedLease Begin(Guid id, Deadline granted, LeaseTiming timing, PendingRequest request)
    {
        var lease = new SharedLease(client, id, granted.Length, timing, over =>
        {
            request.Dispose();
            _registry.Remove(over);
        });
        _registry.Add(lease);
        lease.Observe(granted);
        request.WhenEnded(word =>
        {
            if (word is LeaseEnded ended)
                lease.Clock.Lose(ended.ToLoss());
        });
        return lease;
    }

    /// <summary>A lease that another process was granted.</summary>
    private SharedLease NewLease(Guid id) => new(client, id, ttl: null, client.Timing, _registry.Remove);

    private async Task<bool> RenewAndForgetAsync(Guid id)
    {
        try
        {
            using var use = Use(id);
            return await RenewOnceAsync(use.Lease, await TtlAsync(use.Lease).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _renewals.Remove(id);
        }
    }

    private async Task<bool> RenewOnceAsync(SharedLease lease, TimeSpan? ttl)
    {
        if (ttl is { } length)
        {
            var third = length / 3;
            var patience = third < client.Options.RequestTimeout ? third : client.Options.RequestTimeout;
            var sent = Deadline.After(client.Time, length);
            lease.Clock.Asked();
            var answer = await client.RequestDispatcher
                .AskAsync(new RenewLease(lease.Id, length, client.Options.Owner), sent with { Length = patience }, CancellationToken.None)
                .ConfigureAwait(false);
            lease.Clock.Answered();
            if (answer is LeaseRenewed)
                return lease.Observe(sent);
        }

        lease.Clock.Lose(new LockLoss(LockLossReason.Expired));
        return false;
    }

    /// <summary>How long the lease is to live on; nothing if it is gone.</summary>
    private async Task<TimeSpan?> TtlAsync(SharedLease lease) =>
        lease.Ttl ??= (await TimeToLiveAsync(lease.Id).ConfigureAwait(false))?.Ttl;

    private Task<object> AskAsync<T>(T command, CancellationToken cancellationToken)
        where T : class =>
        client.RequestDispatcher.AskAsync(command, Deadline.After(client.Time, client.Options.RequestTimeout), cancellationToken);
}
