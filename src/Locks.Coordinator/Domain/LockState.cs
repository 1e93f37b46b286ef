using Locks.Contracts;

namespace Locks.Coordinator.Domain;

/// <summary>Everything that is known about one lock. Immutable.</summary>
/// <param name="Key">The key.</param>
/// <param name="LastFence">The highest fencing token that was ever granted, 0 before the first. Of a cohort, the last member's.</param>
/// <param name="LastTicket">The highest ticket that a waiter ever drew, 0 before the first.</param>
/// <param name="Holder">The current grant. Absent when the lock is free.</param>
/// <param name="Waiters">The queue. Empty when the lock is free.</param>
/// <param name="Ended">The attempts that are over and still remembered.</param>
internal sealed record LockState(
    string Key,
    long LastFence,
    long LastTicket,
    Holder? Holder,
    WaitQueue Waiters,
    EndedAttempts Ended)
{
    /// <summary>Where the lock is in its life.</summary>
    public LockStage Stage => Holder?.Stage ?? LockStage.Free;

    /// <summary>
    /// When something is due without a request: the current grant ends, or a waiter's wait does. Nothing is due while the lock is free, or
    /// held on a shared lease with no waiter.
    /// </summary>
    public DateTimeOffset? DueAt =>
        Holder?.DueAt is { } end && !(Waiters.Soonest?.Deadline < end) ? end : Waiters.Soonest?.Deadline;

    /// <summary>The lock of a key that was never acquired.</summary>
    public static LockState NeverTaken(string key) => new(key, 0, 0, null, WaitQueue.Empty, EndedAttempts.None);

    /// <summary>Checks what must be true of every lock at every moment.</summary>
    /// <exception cref="LockInvariantException">It is not: a defect, and nothing of this decision may be stored.</exception>
    public void CheckInvariants()
    {
        if (Holder is null && Waiters.Count > 0)
            throw new LockInvariantException($"the lock is free and {Waiters.Count} wait for it");
        if (Holder is { } holder)
            CheckHolder(holder);
        if (Waiters.Last is { } last && last.Ticket > LastTicket)
            throw new LockInvariantException($"a waiter has ticket {last.Ticket}, the last drawn is {LastTicket}");
    }

    private void CheckHolder(Holder holder)
    {
        if (holder.Stage == LockStage.Free)
            throw new LockInvariantException("the lock is free and has a grant");
        if (holder.Stage == LockStage.Cooling != holder.ReleasedAt is not null)
            throw new LockInvariantException($"the lock is {holder.Stage} and was released at {holder.ReleasedAt:O}");
        if (holder.LastFence != LastFence)
            throw new LockInvariantException($"the holder's fencing token is {holder.LastFence}, the last granted {LastFence}");

        CheckHolds(holder.AcquireId);
        foreach (var member in holder.Cohort?.Items ?? [])
            CheckHolds(member.AcquireId);
    }

    private void CheckHolds(Guid acquireId)
    {
        if (Waiters.Find(acquireId) is not null)
            throw new LockInvariantException($"attempt {AttemptId.Of(acquireId)} holds the lock and waits for it");
        if (Ended.Find(acquireId) is not null)
            throw new LockInvariantException($"attempt {AttemptId.Of(acquireId)} holds the lock and is over");
    }
}
