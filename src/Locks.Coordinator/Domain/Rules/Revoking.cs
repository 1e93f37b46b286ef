using Locks.Contracts;

namespace Locks.Coordinator.Domain.Rules;

/// <summary>Revocations, by an operator or another service.</summary>
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
            draft.Add(new Outcome.Revoked(holder, request.By, request.ReplyTo));
            if (holder.Stage != LockStage.Cooling)
                draft.NotifyLoss(holder, LossReasons.Revoked, request.By);
            draft.Remember(request.RevokeId, Ending.Revoking);
            draft.EndGrant(holder, Ending.Held);
            draft.DenyTheOffer(holder);
        }
        else
        {
            // One that names a grant cannot hit a later one, remembered or not.
            if (earlier is null && draft.Lock.Holder is null && request.FencingToken is null)
                draft.Remember(request.RevokeId, Ending.RevokingNothing);
            draft.Add(new Outcome.ReleaseRefused(request.ReplyTo));
        }
    }
}
