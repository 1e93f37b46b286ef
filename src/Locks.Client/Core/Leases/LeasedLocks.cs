using Locks.Contracts;

namespace Locks.Client.Core.Leases;

internal sealed class LeasedLocks(LockClient client) : ILeasedLocks
{
    private static readonly LockOptions Options = new();

    public async Task<ILeasedLock> AcquireAsync(string key, Guid leaseId, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));
        var handle = await client.BeginOnLease(key, leaseId, wait: null, Options)
            .RunAsync(cancellationToken)
            .ConfigureAwait(false);
        return new LeasedLock(key, handle);
    }

    public async Task<ILeasedLock> AcquireAsync(string key, Guid leaseId, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckLeaseId(leaseId)?.Throw(nameof(leaseId));
        var acquisition = client.BeginOnLease(key, leaseId, wait, Options);
        var handle = await acquisition.RunAsync(cancellationToken).ConfigureAwait(false);
        return new LeasedLock(key, handle ?? throw new LockTimeoutException(key, wait, acquisition.Holder));
    }
}
