namespace Locks.Coordinator.Domain.Rules;

/// <summary>Releases by the holder.</summary>
internal static class Releasing
{
    public static void Release(this DecisionDraft draft, LockRequest.Release request)
    {
        if (draft.Lock.Holder is not { } holder || holder.Token != request.Token)
        {
            draft.Add(new Outcome.ReleaseRefused(request.ReplyTo));
            return;
        }

        draft.Add(new Outcome.Released(holder, request.ReplyTo));
        if (holder.Stage == LockStage.Cooling)
            return;

        if (holder.CooledDown(draft.Now, request.Cooldown ?? TimeSpan.Zero) is var cooling && cooling.ExpiresAt > draft.Now)
            draft.Lock = draft.Lock with { Holder = cooling };
        else
            draft.EndGrant(holder, Ending.Held);
    }
}
