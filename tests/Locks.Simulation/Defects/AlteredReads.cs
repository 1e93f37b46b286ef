using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using Locks.Simulation.Running;

namespace Locks.Simulation.Defects;

/// <summary>What a coordinator reads of the store where that has a defect.</summary>
internal static class AlteredReads
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>The locks, as the coordinator gets them.</summary>
    /// <param name="loaded">The locks, as they are stored.</param>
    /// <param name="world">What has the defect.</param>
    public static IReadOnlyList<StoredLock> Of(IReadOnlyList<StoredLock> loaded, World world) => world.Defect switch
    {
        Defect.GrantOutOfOrder => [.. loaded.Select(stored => stored with { State = OutOfOrder(stored.State) })],
        Defect.ForgetEnded => [.. loaded.Select(stored => stored with { State = stored.State with { Ended = EndedAttempts.None } })],
        Defect.ForgetDeadlines => [.. loaded.Select(stored => stored with { State = WithoutDeadlines(stored.State) })],
        Defect.ForgetCooldown => [.. loaded.Select(stored => stored with { State = WithoutCooldown(stored.State) })],
        Defect.PurgeHeld => [.. loaded.Where(stored => stored.State.Holder is null || !world.Chance(0.03))],
        Defect.StaleRead => [.. loaded.Select(stored => world.Chance(0.1) ? stored with { State = world.Store.Former(stored) } : stored)],
        _ => loaded,
    };

    /// <summary>The locks on a shared lease, as the coordinator finds them.</summary>
    public static IReadOnlyList<Guid> OfLease(IReadOnlyList<Guid> found, Defect defect) => defect == Defect.KeepLocksOfEnded ? [] : found;

    /// <summary>The store's time, as the coordinator gets it.</summary>
    /// <param name="time">The time.</param>
    /// <param name="wallClock">The coordinator's own wall clock.</param>
    /// <param name="defect">The defect.</param>
    public static DateTimeOffset TimeOf(DateTimeOffset time, TimeProvider wallClock, Defect defect) => defect switch
    {
        Defect.FollowWallClock => wallClock.GetUtcNow(),
        Defect.SlowClock => time - TimeSpan.FromSeconds(3),
        _ => time,
    };

    private static LockState OutOfOrder(LockState state)
    {
        var waiters = state.Waiters.InOrder.ToList();
        if (waiters.Count < 2)
            return state;

        var (first, second) = (waiters[0], waiters[1]);
        waiters[0] = second with { Ticket = first.Ticket };
        waiters[1] = first with { Ticket = second.Ticket };
        return state with { Waiters = WaitQueue.Of(waiters) };
    }

    private static LockState WithoutCooldown(LockState state) => state.Holder is { Stage: LockStage.Cooling } holder
        ? state with { Holder = holder with { ExpiresAt = holder.ReleasedAt!.Value } }
        : state;

    private static LockState WithoutDeadlines(LockState state) => state with
    {
        Waiters = WaitQueue.Of([.. state.Waiters.InOrder.Select(waiter => waiter with { Deadline = waiter.Deadline + Hour })]),
    };
}
