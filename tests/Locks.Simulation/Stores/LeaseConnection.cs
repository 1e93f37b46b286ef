using Locks.Coordinator.Storage;
using Locks.Simulation.Defects;

namespace Locks.Simulation.Stores;

/// <summary>The shared leases, by the same way as the locks.</summary>
internal sealed class LeaseConnection(StoreConnection connection, TrueStore store, Defect defect) : ILeaseStore
{
    private readonly ILeaseStore _leases = store.Inner.Leases;

    public Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        connection.CallAsync("load leases", () => _leases.LoadAsync(ids, CancellationToken.None).Result);

    public Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken) =>
        connection.CallAsync("commit leases", () => store.Commit(writes), isCommit: true);

    public Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        connection.CallAsync("find locks of a lease", () => AlteredReads.OfLease(_leases.FindLocksAsync(leaseId, limit, CancellationToken.None).Result, defect));

    public Task<IReadOnlyList<Guid>> FindWaitedForAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
        connection.CallAsync("find waiters of a lease", () => _leases.FindWaitedForAsync(leaseId, limit, CancellationToken.None).Result);

    public Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken) =>
        connection.CallAsync("count locks of a lease", () => _leases.CountLocksAsync(leaseId, CancellationToken.None).Result);

    public Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        connection.CallAsync("find overdue leases", () => _leases.FindOverdueAsync(dueBefore, limit, CancellationToken.None).Result);

    public Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken) =>
        connection.CallAsync("purge leases", () => _leases.PurgeEndedAsync(endedSince, limit, CancellationToken.None).Result);
}
