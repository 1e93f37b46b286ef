namespace Locks.Coordinator.Domain.Rules;

/// <summary>Grants: to an attempt that finds the lock free, and to the next waiter when a grant ends.</summary>
internal static class Granting
{
    /// <summary>Grants a free lock. The client waits for this very reply, so the grant needs no confirmation.</summary>
    public static void GrantAtOnce(this DecisionDraft draft, LockRequest.Acquire request)
    {
        draft.Grant(new Holder(
            request.AcquireId, request.Owner, request.NewToken, draft.NextFence(), request.Ttl, draft.Now,
            request.Lease?.ExpiresAt ?? draft.Now + request.Ttl,
            LockStage.Held, request.ClientId, NotifyAt(request.ClientId, request.ReplyTo), request.Lease));
        draft.Add(new Outcome.Granted(draft.Lock.Holder!, Waited: null, Repeated: false, request.ReplyTo));
    }

    /// <summary>
    /// Ends the current grant and offers the lock to the next waiter and its cohort: one decision, so that no other attempt can barge in
    /// between (G4). A grant that ends in its cooldown was released before.
    /// </summary>
    public static void EndGrant(this DecisionDraft draft, Holder holder, Ending ending)
    {
        draft.Lock = draft.Lock with { Holder = null };
        draft.Remember(holder, holder.Stage == LockStage.Cooling ? Ending.Released : ending);
        if (draft.NextWaiter() is not { } next)
            return;

        draft.Dequeue(next);
        var fence = draft.NextFence();
        var cohort = draft.TakeCohort(next, fence);
        var window = next.Ttl < draft.Limits.ConfirmationWindow ? next.Ttl : draft.Limits.ConfirmationWindow;
        draft.Grant(new Holder(
            next.AcquireId, next.Owner, next.Token, fence, next.Ttl, draft.Now, draft.Now + window, LockStage.Offered, next.ClientId,
            NotifyAt(next.ClientId, next.ReplyTo), next.Lease, ReleasedAt: null, cohort));
        draft.Add(new Outcome.Granted(draft.Lock.Holder!, next, Repeated: false, next.ReplyTo));
    }

    /// <summary>
    /// Repeats an offer that is not confirmed yet when a request changes nothing, whatever time has changed meanwhile. The reply may have
    /// been lost with the coordinator that committed the offer; the message that brought the offer about is then delivered again, and changes
    /// nothing, like every other copy.
    /// </summary>
    public static void RepeatTheOffer(this DecisionDraft draft)
    {
        if (ReferenceEquals(draft.Lock, draft.AfterExpiry)
            && draft.Lock.Holder is { Stage: LockStage.Offered, NotifyAt: { } address } holder
            && !draft.HasGranted)
            draft.Add(new Outcome.Granted(holder, Waited: null, Repeated: true, address));
    }

    /// <summary>
    /// The first waiter whose session is alive, and whose shared lease is, if it wants one. Those ahead of it have no use for the lock any
    /// more; however many they are, they leave the queue in this one decision.
    /// </summary>
    private static Waiter? NextWaiter(this DecisionDraft draft)
    {
        if (draft.Lock.Waiters.Head is not { } head || draft.WhyPassedOver(head) is null)
            return draft.Lock.Waiters.Head;

        draft.PassOver([.. draft.Lock.Waiters.InOrder
            .Select(waiter => (Waiter: waiter, Why: draft.WhyPassedOver(waiter)))
            .TakeWhile(static passed => passed.Why is not null)
            .Select(static passed => (passed.Waiter, passed.Why!.Value))]);
        return draft.Lock.Waiters.Head;
    }

    private static Ending? WhyPassedOver(this DecisionDraft draft, Waiter waiter) =>
        waiter.Lease?.IsAliveAt(draft.Now) is false ? Ending.LeaseNotFound
        : draft.Silence.IsSilent(waiter) ? Ending.Silent
        : null;

    /// <summary>The waiters directly behind the next one that may join its cohort, up to the first that may not.</summary>
    private static Cohort? TakeCohort(this DecisionDraft draft, Waiter first, long fence)
    {
        var members = draft.Lock.Waiters.InOrder.Take(draft.Limits.MaxCohort - 1).TakeWhile(first.MayShareCohortWith).ToList();
        if (members.Count == 0)
            return null;

        members.ForEach(draft.Dequeue);
        return new Cohort([.. members.Select(member => new Contracts.CohortMember(member.AcquireId, ++fence))]);
    }

    private static void Grant(this DecisionDraft draft, Holder holder) =>
        draft.Lock = draft.Lock with { Holder = holder, LastFence = holder.LastFence };

    /// <summary>
    /// The next fencing token: above the last one, and above every one that a purged row of this key may have had (G3). The time in
    /// microseconds is the floor, and no key is granted more often than once a microsecond for long.
    /// </summary>
    private static long NextFence(this DecisionDraft draft) => Math.Max(draft.Lock.LastFence + 1, Micros.Of(draft.Now));

    /// <summary>A client without a session uses a plain request client, which has no use for a message that it did not ask for.</summary>
    private static ReplyTo? NotifyAt(string? clientId, ReplyTo replyTo) => clientId is null ? null : replyTo;
}
