using System.Diagnostics;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Failpoints;

/// <summary>The store of a coordinator, with failpoints around its commits. Compiled into the test programs that have coordinators die.</summary>
/// <param name="inner">The store.</param>
/// <param name="before">What comes before a commit.</param>
/// <param name="after">What comes after a commit, before a reply leaves.</param>
internal sealed class FailpointStore(
    ILockStore inner, Func<IReadOnlyList<LockWrite>, Task>? before, Func<IReadOnlyList<LockWrite>, Task>? after) : ILockStore
{
    public ILeaseStore Leases => inner.Leases;

    public ILockReader Reader => inner.Reader;

    /// <summary>Puts the failpoints around the store that is registered.</summary>
    public static void Wrap(
        IServiceCollection services,
        Func<IReadOnlyList<LockWrite>, Task>? before = null,
        Func<IReadOnlyList<LockWrite>, Task>? after = null)
    {
        var original = services.Last(service => service.ServiceType == typeof(ILockStore));
        services.Remove(original);
        services.AddSingleton<ILockStore>(provider => new FailpointStore(
            (ILockStore)ActivatorUtilities.CreateInstance(provider, original.ImplementationType!), before, after));
    }

    /// <summary>Kills this process (SIGKILL). Never completes.</summary>
    public static async Task DieAsync()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }

    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        inner.LoadAsync(ids, cancellationToken);

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        if (before is not null)
            await before(writes);
        var refused = await inner.CommitAsync(writes, cancellationToken);
        if (after is not null)
            await after(writes);
        return refused;
    }

    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        inner.FindOverdueAsync(dueBefore, limit, cancellationToken);

    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        inner.PurgeIdleAsync(idleSince, limit, cancellationToken);
}
