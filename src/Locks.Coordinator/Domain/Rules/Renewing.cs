using Locks.Contracts;

namespace Locks.Coordinator.Domain.Rules;

/// <summary>Confirmations and renewals. A renewal of an offer confirms it, too.</summary>
internal static class Renewing
{
    public static void Confirm(this DecisionDraft draft, LockRequest.Confirm request)
    {
        if (draft.Lock.Holder is { Stage: LockStage.Offered } holder && holder.FenceOf(request.AcquireId) == request.FencingToken)
            draft.Lock = draft.Lock with { Holder = holder.ExtendedTo(draft.Now, holder.Ttl) };
    }

    public static void Renew(this DecisionDraft draft, LockRequest.Renew request)
    {
        if (draft.Lock.Holder is { Stage: not LockStage.Cooling } holder && holder.Token == request.Token)
        {
            var renewed = holder.ExtendedTo(draft.Now, request.Ttl);
            if (renewed != holder)
                draft.Lock = draft.Lock with { Holder = renewed };
            draft.Add(new Outcome.Renewed(renewed, renewed.Lease?.LeftAt(draft.Now) ?? request.Ttl, request.ReplyTo));
        }
        else
        {
            draft.Add(new Outcome.RenewalRefused(draft.WhyNotHeld(request.Token), request.ReplyTo));
        }
    }

    private static string WhyNotHeld(this DecisionDraft draft, OwnerToken token) =>
        draft.Before.Holder is { Stage: not LockStage.Cooling } before && before.Token == token
            ? before.Lease is { HasEnded: true } ? LossReasons.LeaseEnded : LossReasons.Expired
        : draft.Lock.Holder is { } holder && holder.Token != token ? LossReasons.Superseded
        : LossReasons.NotHeld;
}
