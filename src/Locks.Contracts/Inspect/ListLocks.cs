namespace Locks.Contracts;

/// <summary>
/// Asks for locks, in the order of their keys, page by page. A query: it changes nothing, and slows no grant. Answered with
/// <see cref="LockPage"/>. All filters given must match.
/// </summary>
/// <param name="Prefix">What the keys begin with, compared ordinally: up to 512 UTF-8 bytes. Default: any key.</param>
/// <param name="Owner">The owner that holds the lock: 1 to 256 UTF-8 bytes. Default: any.</param>
/// <param name="State">
/// One of <see cref="LockStates"/>. Default: every lock that is not free, or that attempts wait for. Free locks are listed for as long as
/// their rows are kept.
/// </param>
/// <param name="WaitingLongerThan">Only locks for which an attempt has waited for so long: 0 to 24 h. Default: any lock.</param>
/// <param name="After">Only keys behind this one: <see cref="LockPage.Next"/> of the page before. Default: from the first key.</param>
/// <param name="Limit">How many locks to return at most: 1 to 500, default 100.</param>
public sealed record ListLocks(
    string? Prefix = null,
    string? Owner = null,
    string? State = null,
    TimeSpan? WaitingLongerThan = null,
    string? After = null,
    int Limit = LockLimits.DefaultPage);

/// <summary>
/// Some locks. A page costs no more than a bounded number of rows to look at, so it may hold fewer locks than were asked for, or none,
/// although more follow: only <paramref name="Next"/> says that it is the last.
/// </summary>
/// <param name="Locks">The locks, by key in the order of its UTF-8 bytes.</param>
/// <param name="At">The store's time of the answer, in UTC. Every duration here is counted from it.</param>
/// <param name="Next">What to ask for next as <see cref="ListLocks.After"/>. Absent when this is the last page.</param>
public sealed record LockPage(IReadOnlyList<LockSummary> Locks, DateTimeOffset At, string? Next = null);

/// <summary>One lock of a page. What it says belongs together; <see cref="DescribeLock"/> tells its queue.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="State">One of <see cref="LockStates"/>.</param>
/// <param name="Holder">The current grant. Absent when the lock is free.</param>
/// <param name="Waiters">How many attempts wait in the queue.</param>
/// <param name="LongestWait">How long the first of them has waited. Absent when none waits.</param>
public sealed record LockSummary(string Key, string State, HolderDescription? Holder, int Waiters, TimeSpan? LongestWait = null);
