using Locks.Contracts;

namespace Locks.Admin.Live;

/// <summary>What the dashboard shows, anew each second.</summary>
/// <param name="Statistics">
/// The store's numbers, with the most contended locks, the longest waits and the oldest holders. Their moment is <see cref="LockStatistics.At"/>,
/// which is a while ago where counting takes long.
/// </param>
/// <param name="Graph">Who blocks whom: deadlocks, and the holders that most callers wait for.</param>
/// <param name="Rates">What the coordinator of this server has done in the last minutes; null where this server has none.</param>
public sealed record LiveSnapshot(LockStatistics Statistics, WaitForGraph Graph, RateSeries? Rates);

/// <summary>
/// What the coordinator of this server has done, by steps of time, the last step that is over at the end. Other coordinators of the same
/// queues tell theirs at their own servers. What was before the server's start is zero.
/// </summary>
/// <param name="Until">The end of the last step, by this machine's clock, in UTC.</param>
/// <param name="Step">How long each step is.</param>
/// <param name="Grants">Grants a second.</param>
/// <param name="Denials">Denials a second.</param>
/// <param name="Releases">Releases a second.</param>
/// <param name="Expiries">Grants a second that ended because their time was over.</param>
/// <param name="Revocations">Grants a second that an operator or a service took.</param>
/// <param name="Waits">Attempts a second that entered a queue.</param>
/// <param name="WaitTime">How long attempts waited that were granted out of a queue.</param>
/// <param name="CommitTime">How long commits took.</param>
public sealed record RateSeries(
    DateTimeOffset Until,
    TimeSpan Step,
    IReadOnlyList<double> Grants,
    IReadOnlyList<double> Denials,
    IReadOnlyList<double> Releases,
    IReadOnlyList<double> Expiries,
    IReadOnlyList<double> Revocations,
    IReadOnlyList<double> Waits,
    LatencySeries WaitTime,
    LatencySeries CommitTime);

/// <summary>Latencies by steps of time, in milliseconds. A step in which nothing was measured is null.</summary>
/// <param name="Median">The median of each step.</param>
/// <param name="P99">The 99th percentile of each step.</param>
public sealed record LatencySeries(IReadOnlyList<double?> Median, IReadOnlyList<double?> P99);
