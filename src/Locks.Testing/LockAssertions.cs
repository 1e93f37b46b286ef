namespace Locks.Testing;

/// <summary>
/// What a test expects of locks. Each assertion waits, in real time, for what other threads are still doing, up to
/// <see cref="LockTestHarnessOptions.Timeout"/>, and fails with a <see cref="LockAssertionException"/> that shows the lock's history.
/// </summary>
/// <remarks>All refuse a key that breaks a limit with <see cref="ArgumentException"/>.</remarks>
public static class LockAssertions
{
    /// <summary>The lock was granted, whether or not it still is held.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="by">To whom; to any owner when absent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The latest such grant.</returns>
    /// <exception cref="LockAssertionException">It was not.</exception>
    public static Task<LockEvent> ShouldHaveAcquiredAsync(
        this ILockTestHarness harness, string key, string? by = null, CancellationToken cancellationToken = default) =>
        harness.ShouldHaveAsync(LockEventKind.Acquired, key, by, "have been acquired", cancellationToken);

    /// <summary>The holder released the lock.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="by">By whom; by any owner when absent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The latest such release.</returns>
    /// <exception cref="LockAssertionException">It was not.</exception>
    public static Task<LockEvent> ShouldHaveReleasedAsync(
        this ILockTestHarness harness, string key, string? by = null, CancellationToken cancellationToken = default) =>
        harness.ShouldHaveAsync(LockEventKind.Released, key, by, "have been released", cancellationToken);

    /// <summary>An attempt was denied the lock.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="to">Whose attempt; any owner's when absent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The latest such denial.</returns>
    /// <exception cref="LockAssertionException">None was.</exception>
    public static Task<LockEvent> ShouldHaveBeenDeniedAsync(
        this ILockTestHarness harness, string key, string? to = null, CancellationToken cancellationToken = default) =>
        harness.ShouldHaveAsync(LockEventKind.Denied, key, to, "have been denied", cancellationToken);

    /// <summary>The lock was lost: its lease ended, or it was taken from its holder.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="by">Who lost it; any owner when absent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The latest such loss.</returns>
    /// <exception cref="LockAssertionException">It was not.</exception>
    public static async Task<LockEvent> ShouldHaveBeenLostAsync(
        this ILockTestHarness harness, string key, string? by = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(harness);

        var view = await harness.ShouldAsync(key, view => Losses(view, by).Any(), $"have been lost{By(by)}", cancellationToken).ConfigureAwait(false);
        return Losses(view, by).Last();
    }

    /// <summary>The lock is held.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="by">By whom; by any owner when absent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The holder.</returns>
    /// <exception cref="LockAssertionException">It is not.</exception>
    public static async Task<LockHolder> ShouldBeHeldAsync(
        this ILockTestHarness harness, string key, string? by = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(harness);

        var view = await harness.ShouldAsync(key, view => IsHeld(view, by), $"be held{By(by)}", cancellationToken).ConfigureAwait(false);
        return view.Holder!;
    }

    /// <summary>The lock is not held.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="LockAssertionException">It is held.</exception>
    public static Task ShouldBeFreeAsync(this ILockTestHarness harness, string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(harness);
        return harness.ShouldAsync(key, view => view.Holder is null, "be free", cancellationToken);
    }

    /// <summary>The lock has no waiters.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="LockAssertionException">It has some.</exception>
    public static Task ShouldHaveNoWaitersAsync(this ILockTestHarness harness, string key, CancellationToken cancellationToken = default) =>
        harness.ShouldHaveWaitersAsync(key, 0, cancellationToken);

    /// <summary>The lock has that many waiters.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="count">How many: zero or more.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="LockAssertionException">More or fewer wait.</exception>
    public static Task ShouldHaveWaitersAsync(
        this ILockTestHarness harness, string key, int count, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(harness);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return harness.ShouldAsync(key, view => view.Waiters.Count == count, $"have {count} waiter(s)", cancellationToken);
    }

    /// <summary>Whether the lock has been granted so far. Does not wait.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="by">To whom; to any owner when absent.</param>
    public static bool WasAcquired(this ILockTestHarness harness, string key, string? by = null) =>
        harness.Has(LockEventKind.Acquired, key, by);

    /// <summary>Whether the lock has been released so far. Does not wait.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="key">The lock.</param>
    /// <param name="by">By whom; by any owner when absent.</param>
    public static bool WasReleased(this ILockTestHarness harness, string key, string? by = null) =>
        harness.Has(LockEventKind.Released, key, by);

    private static bool Has(this ILockTestHarness harness, LockEventKind kind, string key, string? owner)
    {
        ArgumentNullException.ThrowIfNull(harness);
        return harness.Look(key).OfKind(kind, owner).Any();
    }

    private static async Task<LockEvent> ShouldHaveAsync(
        this ILockTestHarness harness, LockEventKind kind, string key, string? owner, string what, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(harness);

        var view = await harness
            .ShouldAsync(key, view => view.OfKind(kind, owner).Any(), $"{what}{(kind == LockEventKind.Denied ? To(owner) : By(owner))}", cancellationToken)
            .ConfigureAwait(false);
        return view.OfKind(kind, owner).Last();
    }

    private static bool IsHeld(LockView view, string? by) =>
        view.Holder is { IsCooling: false } holder && (by is null || holder.Owner == by);

    private static IEnumerable<LockEvent> Losses(LockView view, string? by) =>
        view.OfKind(LockEventKind.Expired, by).Concat(view.OfKind(LockEventKind.Revoked, by)).OrderBy(loss => loss.At);

    private static string By(string? owner) => owner is null ? "" : $" by '{owner}'";

    private static string To(string? owner) => owner is null ? "" : $" to '{owner}'";
}
