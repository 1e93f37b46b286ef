namespace Locks.Coordinator.Domain;

/// <summary>Everything there is to know about one lock. Immutable.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="LastFence">The highest fencing token that was ever granted, 0 before the first. Of the holder and its cohort, the last one's.</param>
/// <param name="LastTicket">The highest ticket that a waiter ever drew, 0 before the first.</param>
/// <param name="Holder">Who holds the lock; nobody when it is free.</param>
/// <param name="Waiters">Who waits for it; nobody when it is free.</param>
/// <param name="Ended">The attempts that are over and still remembered.</param>
public sealed record LockState(
    string Key,
    long LastFence,
    long LastTicket,
    Holder? Holder,
    WaitQueue Waiters,
    EndedAttempts Ended)
{
    /// <summary>
    /// When something happens by itself: the holder's lease ends or a waiter gives up. Nothing does while the lock is free, or held on a
    /// shared lease with nobody waiting.
    /// </summary>
    public DateTimeOffset? DueAt =>
        Holder?.DueAt is { } end && !(Waiters.Soonest?.Deadline < end) ? end : Waiters.Soonest?.Deadline;

    /// <summary>A lock that was never taken.</summary>
    public static LockState NeverTaken(string key) => new(key, 0, 0, null, WaitQueue.Empty, EndedAttempts.None);

    /// <summary>Checks what must be true of every lock at every moment.</summary>
    /// <exception cref="LockInvariantException">It is not: a defect, and nothing of this decision may be stored.</exception>
    public void CheckInvariants()
    {
        if (Holder is null && Waiters.Count > 0)
            throw new LockInvariantException($"the lock is free and {Waiters.Count} wait for it");

        if (Holder is { } holder)
        {
            if (holder.LastFence != LastFence)
                throw new LockInvariantException($"the holder's fencing token is {holder.LastFence}, the last granted {LastFence}");
            CheckHolds(holder.AcquireId);
            foreach (var member in holder.Cohort?.Items ?? [])
                CheckHolds(member.AcquireId);
        }

        if (Waiters.Last is { } last && last.Ticket > LastTicket)
            throw new LockInvariantException($"a waiter has ticket {last.Ticket}, the last drawn is {LastTicket}");
    }

    private void CheckHolds(Guid acquireId)
    {
        if (Waiters.Find(acquireId) is not null)
            throw new LockInvariantException($"attempt {acquireId} holds the lock and waits for it");
        if (Ended.Find(acquireId) is not null)
            throw new LockInvariantException($"attempt {acquireId} holds the lock and is over");
    }
}
