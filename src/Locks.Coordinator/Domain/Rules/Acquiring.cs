using Locks.Contracts;

namespace Locks.Coordinator.Domain.Rules;

/// <summary>Acquires and cancellations.</summary>
internal static class Acquiring
{
    public static void Acquire(this DecisionDraft draft, LockRequest.Acquire request)
    {
        var state = draft.Lock;
        if (state.Holder is { } holder && holder.Has(request.AcquireId))
            draft.RepeatTheReply(holder, request);
        else if (state.Waiters.Find(request.AcquireId) is { } waiter)
            draft.StayInQueue(waiter, request);
        else if (state.Ended.Find(request.AcquireId) is { } ended)
            draft.Deny(request.AcquireId, request.Owner, DecisionDraft.ReasonFor(ended.Ending), request.ReplyTo);
        else if (request.Lease is { } lease && !lease.IsAliveAt(draft.Now))
            draft.Deny(request.AcquireId, request.Owner, DenyReasons.LeaseNotFound, request.ReplyTo);
        else if (state.Stage == LockStage.Free)
            draft.GrantAtOnce(request);
        else if (request.Wait is null)
            draft.TurnAway(request.AcquireId, request.Owner, Ending.Busy, request.ReplyTo);
        else if (state.Waiters.Count >= draft.Limits.MaxWaiters)
            draft.TurnAway(request.AcquireId, request.Owner, Ending.QueueFull, request.ReplyTo);
        else
            draft.Enqueue(request, draft.Now + request.Wait.Value);
    }

    /// <summary>Takes an attempt out of the queue, if it waits there.</summary>
    public static void LeaveQueue(this DecisionDraft draft, Guid acquireId)
    {
        if (draft.Lock.Waiters.Find(acquireId) is not { } waiter)
            return;

        draft.Dequeue(waiter);
        draft.Remember(acquireId, Ending.Cancelled, waiter.Owner);
    }

    /// <summary>
    /// Takes an attempt back. One that is unknown is remembered too: its request may still be on the way. One that was granted in a cohort is
    /// not ended, because others hold the lock after it; its session skips it.
    /// </summary>
    public static void Cancel(this DecisionDraft draft, Guid acquireId)
    {
        if (draft.Lock.Holder is { } holder && holder.Has(acquireId))
        {
            if (holder.Stage == LockStage.Cooling || holder.Cohort is not null)
                return;

            draft.Add(new Outcome.Released(holder, ReplyTo: null));
            draft.EndGrant(holder, Ending.Cancelled);
        }
        else if (draft.Lock.Ended.Find(acquireId) is var earlier && earlier is null or { WasTurnedAway: true })
        {
            draft.Remember(acquireId, Ending.Cancelled, earlier?.Owner);
        }
    }

    /// <summary>Tells a client that gave up who holds the lock now, if it asked for that.</summary>
    public static void AnswerCancel(this DecisionDraft draft, LockRequest.Cancel request)
    {
        if (request.ReplyTo is { } address)
            draft.Add(new Outcome.CancelAnswered(request.AcquireId, draft.Lock.Holder, draft.RetryAfter(), address));
    }

    private static void RepeatTheReply(this DecisionDraft draft, Holder holder, LockRequest.Acquire request)
    {
        if (holder.Stage == LockStage.Cooling)
            draft.Deny(request.AcquireId, request.Owner, DenyReasons.Ended, request.ReplyTo);
        else
            draft.Add(new Outcome.Granted(holder, Waited: null, Repeated: true, request.ReplyTo));
    }

    private static void Enqueue(this DecisionDraft draft, LockRequest.Acquire request, DateTimeOffset deadline)
    {
        var waiter = new Waiter(
            draft.Lock.LastTicket + 1, request.AcquireId, request.Owner, request.NewToken, request.Ttl, draft.Now, deadline,
            request.ClientId, request.ReplyTo, request.Lease, request.MayJoinCohort);
        draft.Lock = draft.Lock with { LastTicket = waiter.Ticket, Waiters = draft.Lock.Waiters.Add(waiter) };
        draft.Add(new Outcome.Enqueued(waiter));
        draft.ReportRank(waiter, request);
    }

    /// <summary>A repeat keeps its ticket. The grant goes to the address of the last copy, because the sender of an earlier one may be gone.</summary>
    private static void StayInQueue(this DecisionDraft draft, Waiter waiter, LockRequest.Acquire request)
    {
        if (waiter.ReplyTo != request.ReplyTo)
        {
            var moved = waiter with { ReplyTo = request.ReplyTo };
            draft.Lock = draft.Lock with { Waiters = draft.Lock.Waiters.Replace(waiter, moved) };
            draft.Add(new Outcome.Enqueued(moved));
        }

        draft.ReportRank(waiter, request);
    }

    private static void ReportRank(this DecisionDraft draft, Waiter waiter, LockRequest.Acquire request)
    {
        if (!request.NotifyQueued)
            return;

        draft.Add(new Outcome.RankReported(
            waiter.AcquireId, draft.Lock.Waiters.RankOf(waiter), draft.Lock.Holder, draft.RetryAfter(), request.ReplyTo));
    }
}
