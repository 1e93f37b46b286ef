using Locks.Admin.Json;
using Locks.Client;
using Locks.Contracts;

namespace Locks.Admin.Reading;

/// <summary>What can be looked at: over the broker, so each server shows what all coordinators have.</summary>
internal static class ReadEndpoints
{
    private const string MillisecondsUnit = " of milliseconds";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/locks", ListAsync).WithOperation("listLocks").Produces<LockPage>();
        api.MapGet("/lock", DescribeAsync).WithOperation("describeLock").Produces<LockDescription>();
        api.MapGet("/leases", ListLeasesAsync).WithOperation("listLeases").Produces<LeasePage>();
        api.MapGet("/coordinators", DescribeCoordinatorsAsync).WithOperation("describeCoordinators").Produces<CoordinatorsDescription>();
        api.MapGet("/wait-for-graph", DescribeWaitForGraphAsync).WithOperation("describeWaitForGraph").Produces<WaitForGraph>();
        api.MapGet("/statistics", DescribeStatisticsAsync).WithOperation("describeStatistics").Produces<LockStatistics>();
    }

    /// <summary>Lists locks, a page at a time, in the order of their keys.</summary>
    /// <remarks>
    /// All filters that are given must match. A page may hold fewer locks than asked for, or none, although more follow: only the absence of
    /// next says that it is the last.
    /// </remarks>
    /// <param name="prefix">What the keys begin with, compared ordinally: up to 512 UTF-8 bytes. Default: any key.</param>
    /// <param name="owner">The owner that holds the lock: 1 to 256 UTF-8 bytes. Default: any.</param>
    /// <param name="state">Free, Offered, Held or Cooling. Default: every lock that is not free, or that attempts wait for.</param>
    /// <param name="waitingLongerThan">
    /// Only locks for which an attempt has waited for so long, in milliseconds: 0 to 86,400,000. Default: any lock.
    /// </param>
    /// <param name="after">Only keys behind this one: next of the page before. Default: from the first key.</param>
    /// <param name="limit">How many locks to return at most: 1 to 500. Default: 100.</param>
    /// <param name="request">The request.</param>
    /// <param name="locks">The lock client.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public static async Task<IResult> ListAsync(
        string? prefix,
        string? owner,
        string? state,
        string? waitingLongerThan,
        string? after,
        string? limit,
        HttpRequest request,
        ILockClient locks,
        CancellationToken cancellationToken)
    {
        var reader = new QueryReader(
            request, nameof(prefix), nameof(owner), nameof(state), nameof(waitingLongerThan), nameof(after), nameof(limit));
        var query = new LockQuery
        {
            Prefix = reader.Text(nameof(prefix), LockLimits.CheckPrefix),
            Owner = reader.Text(nameof(owner), static given => given is null ? null : LockLimits.CheckOwner(given)),
            State = reader.Text(nameof(state), LockLimits.CheckState),
            WaitingLongerThan = reader.Number(nameof(waitingLongerThan), 0, (long)LockLimits.MaxWait.TotalMilliseconds, MillisecondsUnit)
                is { } wait ? TimeSpan.FromMilliseconds(wait) : null,
            PageSize = PageSize(reader, nameof(limit)),
        };
        var behind = reader.Text(nameof(after), LockLimits.CheckAfter);
        return reader.Problem?.ToResult()
            ?? AdminResults.Ok(await locks.Inspector.ListPageAsync(query, behind, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Describes one lock: its holder, its queue and how its last attempts ended.</summary>
    /// <remarks>A key that was never used is a free lock.</remarks>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes.</param>
    /// <param name="request">The request.</param>
    /// <param name="locks">The lock client.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public static async Task<IResult> DescribeAsync(
        string? key, HttpRequest request, ILockClient locks, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(request, nameof(key));
        var wanted = reader.Text(nameof(key), LockLimits.CheckKey);
        return reader.Problem?.ToResult()
            ?? AdminResults.Ok(await locks.DescribeAsync(wanted!, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Lists the shared leases that live, a page at a time.</summary>
    /// <param name="after">Only leases behind this one: next of the page before. Default: from the first.</param>
    /// <param name="limit">How many leases to return at most: 1 to 500. Default: 100.</param>
    /// <param name="request">The request.</param>
    /// <param name="locks">The lock client.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public static async Task<IResult> ListLeasesAsync(
        string? after, string? limit, HttpRequest request, ILockClient locks, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(request, nameof(after), nameof(limit));
        var (behind, size) = (reader.Id(nameof(after)), PageSize(reader, nameof(limit)));
        return reader.Problem?.ToResult()
            ?? AdminResults.Ok(await locks.Inspector.ListLeasesPageAsync(behind, size, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Tells which coordinators run, with the partitions, versions and clocks of each.</summary>
    /// <param name="request">The request.</param>
    /// <param name="locks">The lock client.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public static async Task<IResult> DescribeCoordinatorsAsync(
        HttpRequest request, ILockClient locks, CancellationToken cancellationToken) =>
        new QueryReader(request).Problem?.ToResult()
            ?? AdminResults.Ok(await locks.Inspector.DescribeCoordinatorsAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Counts locks by state, waiters and leases, and names the most contended locks and the oldest holders.</summary>
    /// <param name="request">The request.</param>
    /// <param name="locks">The lock client.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public static async Task<IResult> DescribeStatisticsAsync(
        HttpRequest request, ILockClient locks, CancellationToken cancellationToken) =>
        new QueryReader(request).Problem?.ToResult()
            ?? AdminResults.Ok(await locks.Inspector.DescribeStatisticsAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Tells who blocks whom across all keys: deadlocks, and the holders that most callers wait for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="locks">The lock client.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public static async Task<IResult> DescribeWaitForGraphAsync(
        HttpRequest request, ILockClient locks, CancellationToken cancellationToken) =>
        new QueryReader(request).Problem?.ToResult()
            ?? AdminResults.Ok(await locks.Inspector.DescribeWaitForGraphAsync(cancellationToken).ConfigureAwait(false));

    private static int PageSize(QueryReader reader, string name) =>
        (int)(reader.Number(name, 1, LockLimits.MaxPage) ?? LockLimits.DefaultPage);
}
