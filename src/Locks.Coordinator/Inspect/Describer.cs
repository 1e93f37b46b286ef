using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Inspect;

/// <summary>
/// Puts what was read into words, as of one moment of the store's time. What would be negative because time went on is zero. No acquire id
/// and no lease's id passes: an attempt is shown under its <see cref="AttemptId"/>, a lease under its <see cref="LeaseFingerprint"/>.
/// </summary>
internal sealed class Describer(DateTimeOffset now)
{
    public DateTimeOffset Now => now;

    /// <summary>One lock with its queue and its history.</summary>
    public LockDescription Describe(string key, InspectedLock? found) => found is null
        ? new LockDescription(key, LockStates.Free, now, 0, null, 0, [], [])
        : new LockDescription(
            found.Key,
            found.StageAt(now).Name(),
            now,
            found.LastFence,
            HolderOf(found),
            found.Waiters,
            [.. found.Queue.Select(Describe)],
            [.. found.Ended.Items.Reverse().Select(Describe)]);

    /// <summary>One lock of a list.</summary>
    public LockSummary Summarize(InspectedLock found) => new(
        found.Key, found.StageAt(now).Name(), HolderOf(found), found.Waiters, found.WaitingSince is { } since ? Since(since) : null);

    /// <summary>A shared lease.</summary>
    public LeaseDescription Describe(InspectedLease found)
    {
        var grant = found.State.Grant!;
        return new LeaseDescription(
            LeaseFingerprint.Of(found.State.Id), grant.Owner, grant.Ttl, grant.GrantedAt, grant.ExpiresAt, Until(grant.ExpiresAt), found.Locks, grant.ClientId);
    }

    /// <summary>An attempt that waits, and the grant that it waits for.</summary>
    public BlockedWait Describe(InspectedWait found) => new(
        found.Key,
        AttemptId.Of(found.AcquireId),
        found.Waiter,
        Since(found.QueuedAt),
        found.Holder,
        found.FencingToken,
        Since(found.GrantedAt));

    public TimeSpan Since(DateTimeOffset past) => now > past ? now - past : TimeSpan.Zero;

    private TimeSpan Until(DateTimeOffset future) => future > now ? future - now : TimeSpan.Zero;

    private HolderDescription? HolderOf(InspectedLock found)
    {
        if (found.StageAt(now) == LockStage.Free || found.Holder is not { } holder)
            return null;

        return new HolderDescription(
            AttemptId.Of(holder.AcquireId),
            holder.Owner,
            holder.FencingToken,
            holder.GrantedAt,
            Since(holder.GrantedAt),
            holder.Ttl,
            holder.EndsAt,
            Until(holder.EndsAt),
            RenewedAt(holder),
            holder.ClientId,
            LeaseFingerprint.Of(holder.Lease?.Id),
            holder.ReleasedAt,
            holder.Cohort is { } cohort ? [.. cohort.Items.Select(Describe)] : null);
    }

    private DateTimeOffset? RenewedAt(Holder holder) =>
        holder is { Lease: null, Stage: LockStage.Held }
            && holder.ExpiresAt - holder.Ttl is var renewed && renewed > holder.GrantedAt && renewed <= now
            ? renewed
            : null;

    private WaiterDescription Describe(Waiter waiter, int index) => new(
        index + 1,
        AttemptId.Of(waiter.AcquireId),
        waiter.Owner,
        waiter.QueuedAt,
        Since(waiter.QueuedAt),
        waiter.Deadline,
        Until(waiter.Deadline),
        waiter.ClientId,
        LeaseFingerprint.Of(waiter.Lease?.Id));

    private static EndedAttemptDescription Describe(EndedAttempt attempt) =>
        new(
            AttemptId.Of(attempt.AcquireId), WordFor(attempt.Ending), attempt.At, attempt.Owner, attempt.Grant?.FencingToken,
            attempt.Grant?.GrantedAt);

    private static CohortMemberDescription Describe(CohortMember member) => new(AttemptId.Of(member.AcquireId), member.FencingToken);

    private static string WordFor(Ending ending) => ending switch
    {
        Ending.Held => AttemptEndings.Lost,
        Ending.Released => AttemptEndings.Released,
        Ending.Cancelled => AttemptEndings.Cancelled,
        Ending.CancelledByOperator => AttemptEndings.CancelledByOperator,
        Ending.Deadlock => AttemptEndings.Deadlock,
        Ending.Busy => AttemptEndings.Busy,
        Ending.QueueFull => AttemptEndings.QueueFull,
        Ending.WaitTimedOut => AttemptEndings.WaitTimedOut,
        Ending.LeaseNotFound => AttemptEndings.LeaseNotFound,
        Ending.Silent => AttemptEndings.Silent,
        Ending.Revoking => AttemptEndings.Revocation,
        Ending.RevokingNothing => AttemptEndings.RevocationOfNothing,
        // A newer coordinator's.
        _ => ending.ToString(),
    };
}
