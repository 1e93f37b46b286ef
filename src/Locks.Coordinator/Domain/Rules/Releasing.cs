namespace Locks.Coordinator.Domain.Rules;

/// <summary>Releases by the holder.</summary>
internal static class Releasing
{
    public static void Release(this DecisionDraft draft, LockRequest.Release request)
    {
        if (draft.Lock.Holder is not { } holder || holder.Token != request.Token)
        {
            // The first answer may have been lost with the coordinator that committed the release.
            draft.Add(request.AcquireId is { } acquireId && draft.Lock.Ended.Find(acquireId) is { Ending: Ending.Released }
                ? new Outcome.ReleaseRepeated(request.ReplyTo)
                : new Outcome.ReleaseRefused(request.ReplyTo));
            return;
        }

        draft.Add(new Outcome.Released(holder, request.ReplyTo));
        if (holder.Stage == LockStage.Cooling)
            return;

        if (holder.CooledDown(draft.Now, request.Cooldown ?? TimeSpan.Zero) is var cooling && cooling.ExpiresAt > draft.Now)
            draft.Lock = draft.Lock with { Holder = cooling };
        else
            draft.EndGrant(holder, Ending.Released);
    }
}
