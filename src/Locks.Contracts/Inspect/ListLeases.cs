namespace Locks.Contracts;

/// <summary>
/// Asks for the shared leases that live, page by page. A query: it changes nothing, and slows no grant. Answered with
/// <see cref="LeasePage"/>.
/// </summary>
/// <param name="After">Only leases behind this one: <see cref="LeasePage.Next"/> of the page before. Default: from the first.</param>
/// <param name="Limit">How many leases to return at most: 1 to 500, default 100.</param>
public sealed record ListLeases(Guid? After = null, int Limit = LockLimits.DefaultPage);

/// <summary>Some shared leases.</summary>
/// <param name="Leases">The leases, the oldest grant first.</param>
/// <param name="At">The store's time of the answer, in UTC. Every duration here is counted from it.</param>
/// <param name="Next">What to ask for next as <see cref="ListLeases.After"/>; it names no lease. Absent when this is the last page.</param>
public sealed record LeasePage(IReadOnlyList<LeaseDescription> Leases, DateTimeOffset At, Guid? Next = null);

/// <summary>A shared lease that lives.</summary>
/// <param name="LeaseFingerprint">The lease, by its fingerprint (<see cref="Contracts.LeaseFingerprint"/>).</param>
/// <param name="Owner">The owner that it was granted to.</param>
/// <param name="Ttl">How long it was granted for, or last renewed for.</param>
/// <param name="GrantedAt">When it was granted, in UTC.</param>
/// <param name="ExpiresAt">When it ends unless it is renewed, in UTC.</param>
/// <param name="TimeLeft">How long that is from now.</param>
/// <param name="Locks">How many locks are held on it.</param>
/// <param name="ClientId">The session that it was granted to, where the client named it.</param>
public sealed record LeaseDescription(
    Guid LeaseFingerprint,
    string Owner,
    TimeSpan Ttl,
    DateTimeOffset GrantedAt,
    DateTimeOffset ExpiresAt,
    TimeSpan TimeLeft,
    int Locks,
    string? ClientId = null);
