using Locks.Contracts;

namespace Locks.Coordinator.Domain.Rules;

/// <summary>What an operator or another service does: revoke a lock, and cancel a waiter.</summary>
internal static class Revoking
{
    /// <summary>
    /// Takes the lock from its holder. A repeat must not hit the next holder, so a revocation is remembered like an attempt, also one that
    /// found no grant. The id of an attempt that waits cannot be used for it: that attempt would be over, and wait all the same.
    /// </summary>
    public static void Revoke(this DecisionDraft draft, LockRequest.Revoke request)
    {
        var earlier = draft.Lock.Ended.Find(request.RevokeId)?.Ending;
        if (earlier == Ending.Revoking)
        {
            draft.Add(new Outcome.RevocationRepeated(request.ReplyTo));
        }
        else if (earlier is null
            && draft.Lock.Waiters.Find(request.RevokeId) is null
            && draft.Lock.Holder is { } holder
            && holder.HasFence(request.FencingToken ?? holder.FencingToken))
        {
            draft.Add(new Outcome.Revoked(holder, request.By, request.ReplyTo, request.Reason));
            if (holder.Stage != LockStage.Cooling)
                draft.NotifyLoss(holder, LossReasons.Revoked, request.By, request.Reason);
            draft.Remember(request.RevokeId, Ending.Revoking, request.By);
            draft.EndGrant(holder, Ending.Held);
            draft.DenyTheOffer(holder);
        }
        else
        {
            // One that names a grant cannot hit a later one, remembered or not.
            if (earlier is null && draft.Lock.Holder is null && request.FencingToken is null)
                draft.Remember(request.RevokeId, Ending.RevokingNothing, request.By);
            draft.Add(new Outcome.ReleaseRefused(request.ReplyTo));
        }
    }

    /// <summary>
    /// Takes a waiter out of the queue before time passes, so that a grant that is due now does not go to it. An attempt that holds the
    /// lock is left alone.
    /// </summary>
    public static void CancelWaiter(this DecisionDraft draft, LockRequest.CancelWaiter request)
    {
        if (draft.Lock.Waiters.FindByAttemptId(request.AttemptId) is { } waiter)
        {
            var ending = request.IsDeadlock ? Ending.Deadlock : Ending.CancelledByOperator;
            draft.Dequeue(waiter);
            draft.Remember(waiter.AcquireId, ending, waiter.Owner);
            draft.Add(new Outcome.WaiterCancelled(waiter, request.By, request.Reason, request.ReplyTo));
            draft.Deny(waiter.AcquireId, waiter.Owner, DecisionDraft.ReasonFor(ending), waiter.ReplyTo, DetailOf(request));
        }
        else if (draft.Lock.Ended.FindByAttemptId(request.AttemptId) is { Ending: Ending.CancelledByOperator or Ending.Deadlock })
        {
            draft.Add(new Outcome.WaiterCancelRepeated(request.AttemptId, request.ReplyTo));
        }
        else
        {
            draft.Add(new Outcome.WaiterNotFound(request.AttemptId, request.ReplyTo));
        }
    }

    private static string DetailOf(LockRequest.CancelWaiter request) =>
        $"by '{request.By}'" + (request.Reason is { } reason ? $": {reason}" : "");
}
