using Locks.Contracts;

namespace Locks.Client;

/// <summary>
/// Looks at locks without touching them: what dashboards and tools are built on. Beside <see cref="ILockClient.DescribeAsync"/> and
/// <see cref="ILockClient.ListAsync"/> it gives single pages, numbers, and the coordinators. No query slows a grant, and none shows an
/// owner token.
/// </summary>
/// <remarks>
/// All members reject bad input with <see cref="ArgumentException"/> before anything is sent, and throw
/// <see cref="LockUnavailableException"/> when no coordinator answers within <see cref="LockClientOptions.RequestTimeout"/>.
/// </remarks>
public interface ILockInspector
{
    /// <summary>
    /// Reads one page of locks, in the order of their keys. A page may hold fewer locks than it could, or none, although more follow:
    /// <see cref="LockPage.Next"/> says whether it is the last.
    /// </summary>
    /// <param name="query">Which locks. Default: every lock that is not free, or that callers wait for.</param>
    /// <param name="after"><see cref="LockPage.Next"/> of the page before. Default: from the first key.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">No coordinator answered in time.</exception>
    Task<LockPage> ListPageAsync(LockQuery? query = null, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>Reads one page of the shared leases that live.</summary>
    /// <param name="after"><see cref="LeasePage.Next"/> of the page before. Default: from the first.</param>
    /// <param name="pageSize">How many leases at most: 1 to 500.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">No coordinator answered in time.</exception>
    Task<LeasePage> ListLeasesPageAsync(
        Guid? after = null, int pageSize = LockLimits.DefaultPage, CancellationToken cancellationToken = default);

    /// <summary>Counts locks by state, waiters and leases, and names the most contended locks.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>The numbers as a coordinator counted them last: about a second ago at the most where there are few locks.</returns>
    /// <exception cref="LockUnavailableException">No coordinator answered in time.</exception>
    Task<LockStatistics> DescribeStatisticsAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells which coordinators run, with the partitions, versions and clocks of each.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="LockUnavailableException">No coordinator answered in time.</exception>
    Task<CoordinatorsDescription> DescribeCoordinatorsAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells who blocks whom across all keys: deadlocks, and the holders that most callers wait for.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>The graph as a coordinator read it last: about a second ago at the most where few callers wait.</returns>
    /// <exception cref="LockUnavailableException">No coordinator answered in time.</exception>
    Task<WaitForGraph> DescribeWaitForGraphAsync(CancellationToken cancellationToken = default);
}
