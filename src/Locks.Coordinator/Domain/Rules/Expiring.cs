using Locks.Contracts;

namespace Locks.Coordinator.Domain.Rules;

/// <summary>What time does to a lock.</summary>
internal static class Expiring
{
    /// <summary>Whether a timer's message is about the current grant. One about an older grant changes nothing (G6).</summary>
    public static bool IsAboutTheCurrentGrant(this DecisionDraft draft, LockRequest.Expire expire) =>
        draft.Lock.Holder?.LastFence == expire.FencingToken;

    /// <summary>
    /// Ends what is due before anything else is decided, whether or not a timer said so: correctness rests on the stored times alone. Waiters
    /// go first, so that a waiter whose wait ends together with the current grant is not granted the lock.
    /// </summary>
    public static void ExpireWhatIsDue(this DecisionDraft draft)
    {
        var isUntouched = ReferenceEquals(draft.Lock, draft.AfterExpiry);
        while (draft.Lock.Waiters.Soonest is { } waiter && waiter.Deadline <= draft.Now)
        {
            draft.Dequeue(waiter);
            draft.TurnAway(waiter.AcquireId, waiter.Owner, Ending.WaitTimedOut, waiter.ReplyTo);
        }

        if (draft.Lock.Holder is { } holder && holder.IsOverAt(draft.Now))
        {
            draft.Add(new Outcome.Expired(holder));
            if (holder.Lease is { HasEnded: true } lease && lease.OwnerAddress != holder.NotifyAt?.Address)
                draft.NotifyLoss(holder, LossReasons.LeaseEnded, by: null);
            draft.EndGrant(holder, Ending.Held);
            draft.DenyTheOffer(holder);
        }

        if (isUntouched)
            draft.AfterExpiry = draft.Lock;
    }

    /// <summary>
    /// Ends the waiters whose shared lease has ended in the store, wherever they stand: no grant can come of their wait. Such a lease wakes
    /// every lock that is held on it or waited for on it.
    /// </summary>
    public static void EndWaitsOnEndedLeases(this DecisionDraft draft) => draft.PassOver(
        [.. draft.Lock.Waiters.Leased.Where(waiter => waiter.Lease!.HasEnded).Select(waiter => (waiter, Ending.LeaseNotFound))]);
}
