using Locks.Contracts;

namespace Locks.Client;

/// <summary>Which locks to list. All that is set must match.</summary>
public sealed record LockQuery
{
    /// <summary>What the keys begin with, compared ordinally: up to 512 UTF-8 bytes. Default: any key.</summary>
    public string? Prefix { get; init; }

    /// <summary>The owner that holds the lock: 1 to 256 UTF-8 bytes. Default: any.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// One of <see cref="LockStates"/>. Default: every lock that is not free, or that callers wait for. Free locks are listed for as long
    /// as the coordinator keeps their rows.
    /// </summary>
    public string? State { get; init; }

    /// <summary>Only locks that a caller has waited for so long: 0 to 24 h. Default: any lock.</summary>
    public TimeSpan? WaitingLongerThan { get; init; }

    /// <summary>How many locks travel in one message: 1 to 500, default 100. It does not limit how many are listed.</summary>
    public int PageSize { get; init; } = LockLimits.DefaultPage;

    internal ListLocks After(string? key) => new(Prefix, Owner, State, WaitingLongerThan, key, PageSize);
}
