using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Verification.Failpoints;

/// <summary>The store of a coordinator, with the failpoints around its commits.</summary>
internal sealed class FailpointStore(ILockStore inner, Fuse fuse) : ILockStore
{
    public ILeaseStore Leases => inner.Leases;

    public ILockReader Reader => inner.Reader;

    /// <summary>Puts the failpoints around the store that is registered.</summary>
    public static void Wrap(IServiceCollection services, Fuse fuse)
    {
        var original = services.Last(service => service.ServiceType == typeof(ILockStore));
        services.Remove(original);
        services.AddSingleton<ILockStore>(provider => new FailpointStore(
            (ILockStore)ActivatorUtilities.CreateInstance(provider, original.ImplementationType!), fuse));
    }

    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        inner.LoadAsync(ids, cancellationToken);

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        await fuse.ReachAsync(Failpoint.BeforeCommit);
        var refused = await inner.CommitAsync(writes, cancellationToken);
        await fuse.ReachAsync(Failpoint.AfterCommit);
        return refused;
    }

    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        inner.FindOverdueAsync(dueBefore, limit, cancellationToken);

    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        inner.PurgeIdleAsync(idleSince, limit, cancellationToken);
}
