namespace Locks.Testing;

/// <summary>
/// Locks under a test's control: the coordinator, its rules and its state machine are the real ones, on the in-memory transport and in
/// memory; the test moves the time, makes locks busy, lost, slow and unreachable, and asserts what became of them
/// (<see cref="LockAssertions"/>). Thread-safe.
/// </summary>
/// <remarks>Each application under test has a harness of its own, so tests may run in parallel.</remarks>
public interface ILockTestHarness
{
    /// <summary>The time that locks live by. <see cref="AdvanceAsync"/> is the better way to move it.</summary>
    ManualTimeProvider Time { get; }

    /// <summary>
    /// Lets time pass, in no real time, and waits until everything that becomes due has happened: at each moment at which a timer goes off,
    /// the coordinator, the clients and their callers get as much real time as they need to act before time moves on. So renewals come in
    /// time, and a lock that passes from one waiter to the next expires as often as it would.
    /// </summary>
    /// <param name="by">How much: zero to a year. Zero only waits.</param>
    /// <param name="cancellationToken">Stops in between.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or more than a year.</exception>
    /// <exception cref="LockAssertionException">
    /// The locks do not come to rest within <see cref="LockTestHarnessOptions.Timeout"/>, or 10 s if that is more.
    /// </exception>
    Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes a lock busy: acquires it through the coordinator, as every client does, for another owner. A try is denied, and a wait is
    /// queued, until the result is released or disposed, or its lease ends.
    /// </summary>
    /// <param name="key">The lock: 1 to 512 UTF-8 bytes.</param>
    /// <param name="owner">In whose name: 1 to 256 UTF-8 bytes.</param>
    /// <param name="lease">For how long at most, by the test's time: 100 ms to 24 h. Default: 24 h.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="ArgumentException">The input breaks a limit; the message names the field and the limit.</exception>
    /// <exception cref="LockAssertionException">The lock is busy already.</exception>
    /// <exception cref="InvalidOperationException">The coordinator does not answer: the test harness was not started.</exception>
    Task<BusyLock> BusyAsync(
        string key, string owner = "another owner", TimeSpan? lease = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a lock from its holder, as an operator can (<see cref="Contracts.RevokeLock"/>): it is free, or the next waiter's, and the
    /// holder is told.
    /// </summary>
    /// <param name="key">The lock: 1 to 512 UTF-8 bytes.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="ArgumentException">The key breaks a limit.</exception>
    /// <exception cref="LockAssertionException">The lock is not held.</exception>
    /// <exception cref="InvalidOperationException">The coordinator does not answer: the test harness was not started.</exception>
    Task LoseAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Moves time to the end of a lock's lease, as if its holder was paused or cut off: its renewals are refused meanwhile. The holder's
    /// handle is lost a safety margin before; then the lock is free, or the next waiter's.
    /// </summary>
    /// <param name="key">The lock: 1 to 512 UTF-8 bytes.</param>
    /// <param name="cancellationToken">Stops in between.</param>
    /// <exception cref="ArgumentException">The key breaks a limit.</exception>
    /// <exception cref="LockAssertionException">
    /// The lock is not held; or the locks do not come to rest within <see cref="LockTestHarnessOptions.Timeout"/>, or 10 s if that is more.
    /// </exception>
    Task ExpireAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the way to the coordinator slow: what clients send from now on arrives when the test's time has moved by that much, and so do
    /// the answers. Leases that are counted from before the request was sent, requests that are sent again and timeouts behave as they
    /// would. Until disposed, which lets the delayed messages arrive at once.
    /// </summary>
    /// <param name="by">How much, by the test's time: more than zero, up to 24 h.</param>
    /// <param name="key">Only what is about this lock. Default: everything.</param>
    /// <exception cref="ArgumentException">The key breaks a limit, or the time is out of range.</exception>
    IDisposable Slow(TimeSpan by, string? key = null);

    /// <summary>
    /// Makes the coordinator unreachable, until disposed: what clients send gets lost. Callers need not wait for their timeout, in real
    /// time or the test's; they get their <see cref="Locks.Client.LockUnavailableException"/>, and a plain request client its
    /// <see cref="MassTransit.RequestFaultException"/>, at once. Locks that are held are not renewed, and run out when time moves; the
    /// coordinator frees them, and grants made before can still be announced.
    /// </summary>
    IDisposable Unreachable();

    /// <summary>How a lock is now, and what has happened to it.</summary>
    /// <param name="key">The lock: 1 to 512 UTF-8 bytes.</param>
    /// <exception cref="ArgumentException">The key breaks a limit.</exception>
    LockView Look(string key);

    /// <summary>
    /// Waits, in real time and for <see cref="LockTestHarnessOptions.Timeout"/> at most, until something is so. Time stands still; what
    /// other threads do is waited for. The assertions of <see cref="LockAssertions"/> all come down to this one.
    /// </summary>
    /// <param name="key">The lock: 1 to 512 UTF-8 bytes.</param>
    /// <param name="condition">What should be so.</param>
    /// <param name="what">The same in words, after "the lock should".</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The lock when it was so.</returns>
    /// <exception cref="ArgumentException">The key breaks a limit.</exception>
    /// <exception cref="LockAssertionException">It did not come to be so.</exception>
    Task<LockView> ShouldAsync(
        string key, Func<LockView, bool> condition, string what, CancellationToken cancellationToken = default);
}
