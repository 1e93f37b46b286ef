using Locks.Contracts;

namespace Locks.Client;

/// <summary>
/// Acquires locks, waits for them, and gives out a handle to renew and release each. Thread-safe; one per process is enough.
/// </summary>
/// <remarks>
/// All members reject bad input with <see cref="ArgumentException"/> before anything is sent, and throw
/// <see cref="LockUnavailableException"/> when the coordinator can't be reached or does not answer within
/// <see cref="LockClientOptions.RequestTimeout"/>.
/// <para>
/// A key that was used costs the coordinator's store about 0.6 KB until it has been free for an hour (the coordinator's
/// <c>IdleRetention</c>): ten million keys that are used once an hour are 6 GB. <see cref="LockKey.From"/> makes a key of a name
/// of any length.
/// </para>
/// </remarks>
public interface ILockClient
{
    /// <summary>Shared leases, for locks that live and die together.</summary>
    ILeases Leases { get; }

    /// <summary>Locks on shared leases.</summary>
    ILeasedLocks Locks { get; }

    /// <summary>Looks at locks without touching them: single pages, numbers, the coordinators.</summary>
    ILockInspector Inspector { get; }

    /// <summary>Acquires the lock if it is free.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="options">How it is held; a <see cref="TimeSpan"/> sets its lease alone.</param>
    /// <param name="cancellationToken">Gives up; a grant that arrives all the same is released.</param>
    /// <returns>The lock, or <see langword="null"/> when another owner holds it.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILockHandle?> TryAcquireAsync(string key, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Acquires the lock, waiting in its queue, first in first out, while others hold it; a lock that stays busy is an answer here. All
    /// four arguments are given, because a <see cref="TimeSpan"/> alone is a lease.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="wait"><inheritdoc cref="AcquireAsync" path="/param[@name='wait']"/></param>
    /// <param name="options">How it is held; a <see cref="TimeSpan"/> sets its lease alone.</param>
    /// <param name="cancellationToken">Leaves the queue; a grant that arrives all the same is released.</param>
    /// <returns>The lock, or <see langword="null"/> when it was not granted within the wait.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockRefusedException">The coordinator refused, for example because its queue is full.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILockHandle?> TryAcquireAsync(string key, TimeSpan wait, LockOptions? options, CancellationToken cancellationToken);

    /// <summary>Acquires the lock, waiting in its queue, first in first out, while others hold it.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="wait">
    /// How long to wait in the queue: 1 ms to 24 h; zero only tries, and <see cref="Timeout.InfiniteTimeSpan"/> waits until the lock is
    /// granted or the caller gives up. A wait without limit goes to the end of the queue after every 24 h.
    /// </param>
    /// <param name="options">How it is held; a <see cref="TimeSpan"/> sets its lease alone.</param>
    /// <param name="cancellationToken">Leaves the queue; a grant that arrives all the same is released.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockTimeoutException">The lock was not granted within the wait.</exception>
    /// <exception cref="LockRefusedException">The coordinator refused, for example because its queue is full.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILockHandle> AcquireAsync(string key, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs an action under the lock if it is free, and does nothing if it is not. The lease is renewed while the action runs, and the lock
    /// released when it ends.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="action">What to do. Its token fires when the lock is lost or <paramref name="cancellationToken"/> does.</param>
    /// <param name="options">How the lock is held; it is renewed in any case.</param>
    /// <param name="cancellationToken">Gives up, and cancels the action.</param>
    /// <returns>Whether the action ran.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<bool> RunAsync(
        string key, Func<CancellationToken, Task> action, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Acquires several locks if all of them are free, and none if not. All are asked for at once, so two callers whose keys overlap may
    /// both find one busy that the other releases a moment later; with a wait, one of them gets its locks.
    /// </summary>
    /// <param name="keys">
    /// What is locked: 1 to 1,000 keys of 1 to 512 UTF-8 bytes, compared ordinally, in any order. A key that is named twice is locked once.
    /// </param>
    /// <param name="options">How they are held. <see cref="LockOptions.HoldAtLeast"/> must be absent.</param>
    /// <param name="cancellationToken">Gives up; what was granted is released.</param>
    /// <returns>
    /// The locks, or <see langword="null"/> when another owner holds one of them. <see cref="AcquireAllAsync"/> with a wait of zero tries
    /// as well, and its exception names the key that was busy.
    /// </returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<ILockSet?> TryAcquireAllAsync(
        IEnumerable<string> keys, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Acquires several locks, waiting for them as <see cref="AcquireAllAsync"/> does; a lock that stays busy is an answer here. All four
    /// arguments are given, because a <see cref="TimeSpan"/> alone is a lease.
    /// </summary>
    /// <param name="keys"><inheritdoc cref="AcquireAllAsync" path="/param[@name='keys']"/></param>
    /// <param name="wait"><inheritdoc cref="AcquireAllAsync" path="/param[@name='wait']"/></param>
    /// <param name="options"><inheritdoc cref="AcquireAllAsync" path="/param[@name='options']"/></param>
    /// <param name="cancellationToken">Gives up; what was granted is released.</param>
    /// <returns>The locks, or <see langword="null"/> when not all of them were granted within the wait.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockRefusedException">The coordinator refused, for example because its queue is full.</exception>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in time, or for so long that locks granted before were lost.
    /// </exception>
    Task<ILockSet?> TryAcquireAllAsync(
        IEnumerable<string> keys, TimeSpan wait, LockOptions? options, CancellationToken cancellationToken);

    /// <summary>
    /// Acquires several locks, waiting in each one's queue while others hold it: all of them or none. Callers whose keys overlap never
    /// deadlock, in whatever order they name the keys: locks that are free are asked for together, and one that is busy is waited for while
    /// none behind it in ordinal order is held.
    /// </summary>
    /// <param name="keys">
    /// What is locked: 1 to 1,000 keys of 1 to 512 UTF-8 bytes, compared ordinally, in any order. A key that is named twice is locked once.
    /// </param>
    /// <param name="wait">
    /// How long to wait for all of them together: 1 ms to 24 h; zero only tries, and <see cref="Timeout.InfiniteTimeSpan"/> waits until all
    /// are granted or the caller gives up.
    /// </param>
    /// <param name="options">
    /// How they are held. Locks that are already granted are renewed while the caller waits for the rest.
    /// <see cref="LockOptions.HoldAtLeast"/> must be absent.
    /// </param>
    /// <param name="cancellationToken">Gives up; what was granted is released.</param>
    /// <returns>The locks.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockTimeoutException">
    /// Not all of them were granted within the wait; the exception names the first key, in ordinal order, that was busy.
    /// </exception>
    /// <exception cref="LockRefusedException">The coordinator refused, for example because its queue is full.</exception>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in time, or for so long that locks granted before were lost.
    /// </exception>
    Task<ILockSet> AcquireAllAsync(
        IEnumerable<string> keys, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a lock: takes it away from its holder, as an operator's tool. The holder's <see cref="ILockHandle.Lost"/> fires as soon as
    /// the message reaches it. The holder may be in the middle of its work, and only a resource that checks the fencing token is safe from
    /// it.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="by">Who revokes it, for the holder and the log: 1 to 256 UTF-8 bytes.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether the lock was held.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<bool> RevokeAsync(string key, string by, CancellationToken cancellationToken = default);

    /// <summary>Revokes a lock, as <see cref="RevokeAsync(string, string, CancellationToken)"/> does, and tells its holder why.</summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="by">Who revokes it, for the holder and the log: 1 to 256 UTF-8 bytes.</param>
    /// <param name="reason">Why, for the holder (<see cref="LockLoss.Detail"/>) and the log: 1 to 512 UTF-8 bytes, or absent.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether the lock was held.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<bool> RevokeAsync(string key, string by, string? reason, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes one grant of a lock, as <see cref="RevokeAsync(string, string, string, CancellationToken)"/> does, and no later one: for an
    /// operator who decided by what was shown a while ago.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="by">Who revokes it, for the holder and the log: 1 to 256 UTF-8 bytes.</param>
    /// <param name="reason">Why, for the holder (<see cref="LockLoss.Detail"/>) and the log: 1 to 512 UTF-8 bytes, or absent.</param>
    /// <param name="fencingToken">The grant's fencing token; of a cohort, that of any of its members.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether that grant held the lock.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<bool> RevokeAsync(string key, string by, string? reason, long fencingToken, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a waiter out of a lock's queue, as an operator's tool. Its caller gets a <see cref="LockRefusedException"/> at once, which
    /// says who did it and why. An attempt that holds the lock by then keeps it.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="attemptId">The waiter's attempt id, as <see cref="DescribeAsync"/> names it.</param>
    /// <param name="by">Who does it, for the caller and the log: 1 to 256 UTF-8 bytes.</param>
    /// <param name="reason">Why, for the caller and the log: 1 to 512 UTF-8 bytes, or absent.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether it waited.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    Task<bool> CancelWaiterAsync(
        string key, Guid attemptId, string by, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Describes a lock as it is stored: its holder, its queue and its recent history, of one moment during the call. It is for people to
    /// look at; what is decided by it may be out of date by then. Owner tokens are not part of it.
    /// </summary>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>The lock; free, for a key that was never used.</returns>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">No coordinator answered in time.</exception>
    Task<LockDescription> DescribeAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lists locks in the order of their keys, page by page as they are enumerated. Each page is read when it is needed, so a lock that
    /// changes meanwhile shows as it was before or after; none comes twice, and none that was there all the time is left out.
    /// </summary>
    /// <param name="query">Which locks. Default: every lock that is not free, or that callers wait for.</param>
    /// <param name="cancellationToken">Stops waiting for the answers.</param>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockUnavailableException">No coordinator answered in time; thrown while enumerating.</exception>
    IAsyncEnumerable<LockSummary> ListAsync(LockQuery? query = null, CancellationToken cancellationToken = default);
}
