using System.Diagnostics;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.TestHost;

/// <summary>Kills its own process (SIGKILL) after it has committed the grant of one key and before the reply is sent.</summary>
internal sealed class DyingLockStore(ILockStore inner, string doomedKey) : ILockStore
{
    public ILeaseStore Leases => inner.Leases;

    public ILockReader Reader => inner.Reader;

    public static void Wrap(IServiceCollection services, string doomedKey)
    {
        var original = services.Last(service => service.ServiceType == typeof(ILockStore));
        services.Remove(original);
        services.AddSingleton<ILockStore>(provider => new DyingLockStore(
            (ILockStore)ActivatorUtilities.CreateInstance(provider, original.ImplementationType!), doomedKey));
    }

    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        inner.LoadAsync(ids, cancellationToken);

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        var refused = await inner.CommitAsync(writes, cancellationToken);
        if (writes.Any(write => write.State.Key == doomedKey && write.State.Holder is not null))
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }

        return refused;
    }

    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        inner.FindOverdueAsync(dueBefore, limit, cancellationToken);

    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        inner.PurgeIdleAsync(idleSince, limit, cancellationToken);
}
