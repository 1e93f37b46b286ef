using Locks.Client.Core.Holding;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Transport;
using MassTransit;

namespace Locks.Client.Core.Leases;

/// <summary>Grants, renews, describes and revokes shared leases, and knows those that are alive.</summary>
internal sealed class LeaseClient(LockClient client) : ILeases
{
    private readonly LeaseRegistry _registry = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Task<bool>> _renewals = [];

    public async Task<bool> RenewAsync(Guid leaseId, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));
        cancellationToken.ThrowIfCancellationRequested();

        Task<bool>? renewal;
        lock (_gate)
        {
            if (!_renewals.TryGetValue(leaseId, out renewal))
            {
                renewal = DetachedContext.Run(() => RenewForAllAsync(leaseId));
                if (!renewal.IsCompleted)
                    _renewals.Add(leaseId, renewal);
            }
        }

        return await renewal.OrAbandonAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<ILease> KeepAliveAsync(Guid leaseId, CancellationToken cancellationToken = default) =>
        KeepAliveCoreAsync(leaseId, maxHold: null, cancellationToken);

    public Task<ILease> KeepAliveAsync(Guid leaseId, TimeSpan maxHold, CancellationToken cancellationToken = default)
    {
        HoldLimit.Check(maxHold, KnownTtl(leaseId) ?? LockLimits.MinLease)?.Throw(nameof(maxHold));
        return KeepAliveCoreAsync(leaseId, maxHold, cancellationToken);
    }

    private async Task<ILease> KeepAliveCoreAsync(Guid leaseId, TimeSpan? maxHold, CancellationToken cancellationToken)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));

        using var reference = AddReference(leaseId);
        if (!await RenewAsync(leaseId, cancellationToken).ConfigureAwait(false) || !reference.Lease.Clock.IsRunning)
            throw new LeaseNotFoundException(leaseId);

        var lease = reference.Lease.Handle;
        if (maxHold is { } limit)
            reference.Lease.Clock.LimitTo(Deadline.After(client.Time, limit));
        reference.Lease.StartKeepAlive(cancellationToken);
        return lease;
    }

    public async Task<LeaseTimeToLive?> TimeToLiveAsync(Guid leaseId, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));

        return await RequestAsync(new DescribeLease(leaseId), cancellationToken).ConfigureAwait(false) is LeaseDescribed lease
            ? new LeaseTimeToLive(lease.Ttl, lease.Remaining, lease.Owner, lease.Locks)
            : null;
    }

    public IAsyncEnumerable<LeaseDescription> ListAsync(CancellationToken cancellationToken = default) =>
        client.Inspector.ListLeasesAsync(cancellationToken);

    public async Task<bool> RevokeAsync(Guid leaseId, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));

        using var reference = AddReference(leaseId);
        return await reference.Lease.RevokeAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<ILease> GrantAsync(TimeSpan ttl, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckTtl(ttl)?.Throw(nameof(ttl));
        cancellationToken.ThrowIfCancellationRequested();

        var id = Guid.CreateVersion7(client.Time.GetUtcNow());
        var deadline = Deadline.After(client.Time, client.Options.RequestTimeout);
        using var operation = client.RequestDispatcher.Begin();
        // A request's id is in MassTransit's traces, and the lease's is a secret.
        var request = client.RequestDispatcher.OpenForUpdates(NewId.NextGuid());
        var isGranted = false;
        try
        {
            await client.RequestDispatcher.ConnectAsync(deadline, cancellationToken).ConfigureAwait(false);
            var sent = Deadline.After(client.Time, ttl);
            var command = new GrantLease(id, ttl, client.Options.Owner, client.ClientId);
            var answer = await client.RequestDispatcher
                .RequestAsync(request, command, deadline, wait: null, cancellationToken)
                .ConfigureAwait(false);
            if (answer is not LeaseGranted || client.Timing.IsOver(sent))
                throw new LockUnavailableException("The grant of the lease arrived after the lease was over.");

            isGranted = true;
            return Start(id, sent, request).Handle;
        }
        finally
        {
            if (!isGranted)
            {
                request.Dispose();
                await client.RequestDispatcher.RevokeAsync(new RevokeLease(id, client.Options.Owner)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Renews the lease that a lock lives on, for its own ttl or another one.</summary>
    public async Task RenewAsync(SharedLease lease, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        if (ttl is { } length)
            await RenewOnceAsync(lease, length).OrAbandonAsync(cancellationToken).ConfigureAwait(false);
        else
            await RenewAsync(lease.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The ttl of a lease; <see langword="null"/> if this client does not know it.</summary>
    public TimeSpan? KnownTtl(Guid id) => _registry.Find(id)?.Ttl;

    public LeaseReference AddReference(Guid id) => _registry.AddReference(id, NewLease);

    public async Task<bool> SendRevokeAsync(Guid id, Deadline deadline)
    {
        var command = new RevokeLease(id, client.Options.Owner);
        return await client.RequestDispatcher.RequestAsync(command, deadline, CancellationToken.None).ConfigureAwait(false) is LeaseRevoked;
    }

    private SharedLease Start(Guid id, Deadline granted, PendingRequest request)
    {
        var lease = new SharedLease(client, id, granted.Length, client.Timing, ended =>
        {
            request.Dispose();
            _registry.Remove(ended);
        });
        _registry.Add(lease);
        lease.TryExtend(granted);
        request.SubscribeToLoss(message =>
        {
            if (message is LeaseEnded ended)
                lease.Clock.Lose(ended.ToLoss());
            else if (message is ClientStop)
                lease.StopKeepAlive();
        });
        return lease;
    }

    /// <summary>Creates a lease that another process was granted: its ttl is not known, and its clock has not started.</summary>
    private SharedLease NewLease(Guid id) => new(client, id, ttl: null, client.Timing, _registry.Remove);

    private async Task<bool> RenewForAllAsync(Guid id)
    {
        try
        {
            using var reference = AddReference(id);
            return await RenewOnceAsync(reference.Lease, await GetTtlAsync(reference.Lease).ConfigureAwait(false)).ConfigureAwait(false);
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
            var timeout = third < client.Options.RequestTimeout ? third : client.Options.RequestTimeout;
            var sent = Deadline.After(client.Time, length);
            lease.Clock.RenewalSent();
            var command = new RenewLease(lease.Id, length, client.Options.Owner);
            var answer = await client.RequestDispatcher
                .RequestAsync(command, sent with { Length = timeout }, CancellationToken.None)
                .ConfigureAwait(false);
            lease.Clock.RenewalAnswered();
            if (answer is LeaseRenewed)
                return lease.TryExtend(sent);
        }

        lease.Clock.Lose(new LockLoss(LockLossReason.Expired));
        return false;
    }

    /// <summary>The ttl of a lease, which the coordinator is asked for once; <see langword="null"/> if the lease has ended.</summary>
    private async Task<TimeSpan?> GetTtlAsync(SharedLease lease) =>
        lease.Ttl ??= (await TimeToLiveAsync(lease.Id).ConfigureAwait(false))?.Ttl;

    private Task<object> RequestAsync<T>(T command, CancellationToken cancellationToken)
        where T : class =>
        client.RequestDispatcher.RequestAsync(command, Deadline.After(client.Time, client.Options.RequestTimeout), cancellationToken);
}
