using Locks.Contracts;
using static System.FormattableString;

namespace Locks.Client;

/// <summary>How one lock is waited for and held.</summary>
public sealed record LockOptions
{
    /// <summary>
    /// How long the lock is held unless it is renewed: 100 ms to 24 h. Default: <see cref="LockClientOptions.DefaultLease"/>. A crashed
    /// holder keeps others waiting this long; a paused one loses the lock after it.
    /// </summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>
    /// Whether the client renews the lease in the background, every third of it, until the lock is released. Default: <see
    /// cref="LockClientOptions.AutoRenew"/>. Without renewal the lock ends with its lease. With renewal, work may take longer than the
    /// lease, and work that hangs holds the lock for as long as its process lives, or for <see cref="MaxHold"/>. A handle that was neither
    /// released nor disposed of, and that nothing refers to any more, is not renewed.
    /// </summary>
    public bool? AutoRenew { get; init; }

    /// <summary>
    /// How long the lock is held at most, however often it is renewed: its lease to 30 days, counted from the grant. Default: no limit. Then
    /// <see cref="ILockHandle.Lost"/> fires with <see cref="LockLossReason.MaxHoldReached"/>, and the lock is not renewed any more. Others
    /// get it when the holder releases it or disposes of it, and at the latest when its lease ends: that is the time that the work has to
    /// stop. For work that may hang and never return. A lock with a limit is never granted as a member of a cohort.
    /// </summary>
    public TimeSpan? MaxHold { get; init; }

    /// <summary>The lock's owner, for people: 1 to 256 UTF-8 bytes. Default: <see cref="LockClientOptions.Owner"/>.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// Whether disposing of the handle leaves the lock held until its lease ends: it is not renewed then, and
    /// <see cref="ILockHandle.ReleaseAsync"/> still releases it. Default: no, disposing releases.
    /// </summary>
    public bool HoldUntilExpiry { get; init; }

    /// <summary>
    /// How long the lock is kept from others at least, counted from the grant, however early it is released: 0 to its lease, default 0.
    /// After an early release the lock cools down for the rest of this time. For a job that is done quickly and must not run again on
    /// another machine whose clock is behind.
    /// </summary>
    public TimeSpan? HoldAtLeast { get; init; }

    /// <summary>
    /// The share of the lease after which a renewal is overdue and <see cref="ILockHandle.AtRisk"/> fires: more than 0, less than 1.
    /// Default: <see cref="LockClientOptions.AtRiskAfter"/>.
    /// </summary>
    public double? AtRiskAfter { get; init; }

    /// <summary>
    /// Receives the caller's rank in the queue: once it waits, and whenever that changes. Default: none. It is called on the thread pool,
    /// one call at a time. A call that takes long misses the changes that are outdated by then, one that throws is logged, and the last one
    /// may come when the wait is already over. It costs one small message for every <see cref="LockClientOptions.ProgressInterval"/>.
    /// </summary>
    public IProgress<WaitingStatus>? Progress { get; init; }

    /// <summary>
    /// Asked before each renewal in the background, which takes place only when the answer is yes. Called by one caller at a time, without
    /// a caller's context.
    /// </summary>
    internal Func<CancellationToken, Task<bool>>? RenewWhile { get; init; }

    /// <summary>Called each time the coordinator reports that the caller waits in the queue, on the thread that reads the replies.</summary>
    internal Action? OnQueued { get; init; }

    /// <summary>A lock held for a lease, and renewed only if <see cref="LockClientOptions.AutoRenew"/> says so.</summary>
    /// <param name="lease">100 ms to 24 h.</param>
    public static implicit operator LockOptions(TimeSpan lease) => FromTimeSpan(lease);

    /// <summary>A lock held for a lease, and renewed only if <see cref="LockClientOptions.AutoRenew"/> says so.</summary>
    /// <param name="lease">100 ms to 24 h.</param>
    public static LockOptions FromTimeSpan(TimeSpan lease) => new() { Lease = lease };

    /// <summary>
    /// Checks that every option is within its range, as each acquire does: for code that takes options now and acquires later. Where
    /// <see cref="Lease"/> is absent, the longest and the shortest one count.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        if (Lease is { } lease)
            LockLimits.CheckLease(lease)?.Throw(nameof(Lease));
        if (Owner is not null)
            LockLimits.CheckOwner(Owner)?.Throw(nameof(Owner));
        if (Check(Lease ?? LockLimits.MinLease, Lease ?? LockLimits.MaxLease) is { } problem)
            problem.Throw(problem.Field);
    }

    /// <summary>Checks the options that are not part of a message.</summary>
    /// <param name="lease">The lease that the lock gets.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    internal ValidationError? Check(TimeSpan lease) => Check(lease, lease);

    private ValidationError? Check(TimeSpan shortestLease, TimeSpan longestLease)
    {
        if (HoldAtLeast is { } least && (least < TimeSpan.Zero || least > longestLease))
        {
            var problem = $"is {least:c}; it must be between {TimeSpan.Zero:c} and the lease, which is {longestLease:c}";
            return new ValidationError(nameof(HoldAtLeast), problem) { IsOutOfRange = true };
        }

        if (MaxHold is { } limit && HoldLimit.Check(limit, shortestLease) is { } tooLong)
            return tooLong;

        if (AtRiskAfter is { } share && !IsShare(share))
        {
            var problem = Invariant($"is {share}; it must be more than 0 and less than 1");
            return new ValidationError(nameof(AtRiskAfter), problem) { IsOutOfRange = true };
        }

        return null;
    }

    /// <summary>Whether a number is a share: more than 0, less than 1.</summary>
    internal static bool IsShare(double share) => share is > 0 and < 1;
}
