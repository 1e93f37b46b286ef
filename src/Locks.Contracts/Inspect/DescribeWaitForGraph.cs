namespace Locks.Contracts;

/// <summary>
/// Asks who blocks whom across all keys: deadlocks, and the holders that most attempts wait for. A query: it changes nothing, and slows no
/// grant. Answered with <see cref="WaitForGraph"/>.
/// </summary>
public sealed record DescribeWaitForGraph;

/// <summary>
/// The wait-for graph of all locks at one moment: an attempt that waits for a lock waits for the holder of that lock. Attempts count only
/// from a certain age on (<paramref name="MinAge"/>): what ends by itself in a moment blocks no one.
/// </summary>
/// <param name="At">The store's time of the answer, in UTC. Every duration here is counted from it.</param>
/// <param name="Deadlocks">The deadlocks, the oldest first: at most 100.</param>
/// <param name="Blockers">
/// The holders that wait for no one and that others wait for, directly or through others; the one that most attempts wait for comes first. At
/// most 10. What they hold has to end before the others go on.
/// </param>
/// <param name="Waits">How many attempts wait, of those that count.</param>
/// <param name="MinAge">How long an attempt must have waited, and a holder have held its lock, to count.</param>
/// <param name="BreaksDeadlocks">Whether the coordinators end deadlocks by themselves (<c>Deadlocks.Break</c>).</param>
/// <param name="IsTruncated">
/// Whether more attempts wait than were looked at (20,000, the longest waits first): then a deadlock may be missing. Default: no.
/// </param>
public sealed record WaitForGraph(
    DateTimeOffset At,
    IReadOnlyList<Deadlock> Deadlocks,
    IReadOnlyList<Blocker> Blockers,
    int Waits,
    TimeSpan MinAge,
    bool BreaksDeadlocks,
    bool IsTruncated = false);

/// <summary>
/// A circle of waits, none of which can end before another of them does. It ends when one of the attempts gives up, or one of the leases ends.
/// </summary>
/// <param name="Cycle">
/// The waits: the holder that each of them waits for is the one that waits in the next, and the last one's holder waits in the first.
/// </param>
/// <param name="Age">Since when it exists: how long the attempt has waited that came last.</param>
public sealed record Deadlock(IReadOnlyList<BlockedWait> Cycle, TimeSpan Age);

/// <summary>One attempt that waits for a lock, and the holder that it waits for.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AttemptId">The attempt that waits, by its public id. <see cref="CancelWaiter"/> takes it out of the queue.</param>
/// <param name="Waiter">What the attempt belongs to.</param>
/// <param name="WaitedFor">How long it has waited.</param>
/// <param name="Holder">What the grant belongs to.</param>
/// <param name="FencingToken">The fencing token of the grant. <see cref="RevokeLock"/> takes just that grant from its holder.</param>
/// <param name="HeldFor">How long the lock has been held.</param>
public sealed record BlockedWait(
    string Key, Guid AttemptId, Contender Waiter, TimeSpan WaitedFor, Contender Holder, long FencingToken, TimeSpan HeldFor);

/// <summary>
/// What holds locks and waits for locks: a shared lease, or an owner in one client session. All attempts of one owner in one session count as
/// one contender, so owners that name a unit of work, not a process, make the graph exact.
/// </summary>
/// <param name="Owner">The owner.</param>
/// <param name="ClientId">The client's session, where the attempts named one.</param>
/// <param name="LeaseFingerprint">The shared lease, by its fingerprint. Absent where the attempts are on none.</param>
public sealed record Contender(string Owner, string? ClientId = null, Guid? LeaseFingerprint = null);

/// <summary>A holder that others wait for, and that waits for no one.</summary>
/// <param name="Holder">What the grants belong to.</param>
/// <param name="Keys">The keys that it holds and that are waited for, those waited for longest first: at most 10.</param>
/// <param name="Waits">How many attempts wait for these locks.</param>
/// <param name="Blocked">How many attempts wait for these locks, or for locks of those that wait for them, and so on.</param>
/// <param name="HeldFor">How long it has held the lock that it has held longest, of those that are waited for.</param>
public sealed record Blocker(Contender Holder, IReadOnlyList<string> Keys, int Waits, int Blocked, TimeSpan HeldFor);
