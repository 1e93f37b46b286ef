namespace Locks.Contracts;

/// <summary>
/// Asks for numbers about all locks. A query: it changes nothing, and slows no grant. Answered with <see cref="LockStatistics"/>. A
/// coordinator counts anew only now and then, however many ask (<see cref="LockStatistics.At"/> says when).
/// </summary>
public sealed record DescribeStatistics;

/// <summary>Numbers about all locks of a store.</summary>
/// <param name="At">The store's time when they were counted, in UTC. Every duration here is counted from it.</param>
/// <param name="Held">How many locks are held.</param>
/// <param name="Offered">How many are offered to a waiter that has not confirmed yet.</param>
/// <param name="Cooling">How many were released and are kept from others for a while.</param>
/// <param name="Free">How many are free and still have a row.</param>
/// <param name="Waiters">How many attempts wait, for all locks together.</param>
/// <param name="Contended">How many locks attempts wait for.</param>
/// <param name="LongestWait">How long the attempt has waited that has waited longest. Absent when none waits.</param>
/// <param name="MostContended">The locks that most attempts wait for, the most contended first: at most 50.</param>
/// <param name="LongestWaits">The locks whose first attempt has waited longest, that one first: at most 20.</param>
/// <param name="Leases">How many shared leases live.</param>
/// <param name="IsTruncated">
/// Whether there were more rows than a count looks at (1,000,000): then the numbers of locks by state are lower bounds. Default: no.
/// </param>
/// <param name="OldestHolders">
/// The locks that have been held longest without a release, that one first: at most 20. Absent where an older version does not tell.
/// </param>
public sealed record LockStatistics(
    DateTimeOffset At,
    int Held,
    int Offered,
    int Cooling,
    int Free,
    int Waiters,
    int Contended,
    TimeSpan? LongestWait,
    IReadOnlyList<LockSummary> MostContended,
    IReadOnlyList<LockSummary> LongestWaits,
    int Leases,
    bool IsTruncated = false,
    IReadOnlyList<LockSummary>? OldestHolders = null);
