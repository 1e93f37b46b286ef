using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Machine;

/// <summary>Maps outcomes to replies.</summary>
internal static class ReplyMapper
{
    /// <summary>The reply that an outcome calls for. Absent when it calls for none, or the request named no address.</summary>
    /// <exception cref="LockInvariantException">The outcome is not known here: a defect.</exception>
    public static (ReplyTo To, object Reply)? ReplyFor(Decision decision, Outcome outcome) =>
        Map(decision, decision.After, outcome) is ({ } to, var reply) ? (to, reply) : null;

    private static (ReplyTo? To, object Reply)? Map(Decision decision, LockState state, Outcome outcome)
    {
        return outcome switch
        {
            Outcome.Granted { Grant: var grant } granted => (granted.ReplyTo,
                new LockAcquired(
                    state.Key, grant.AcquireId, grant.Token.Value, grant.FencingToken, grant.AnnouncedTtl, grant.Cohort?.Items,
                    OthersWait: state.Waiters.Head is { } next && !IsOfSession(next, grant.ClientId))),
            Outcome.Denied denied => (denied.ReplyTo,
                Denial(denied.AcquireId, denied.Why, denied.Holder, denied.RetryAfter, denied.Detail)),
            Outcome.CancelAnswered answered => (answered.ReplyTo,
                Denial(answered.AcquireId, DenyReasons.Ended, answered.Holder, answered.RetryAfter)),
            Outcome.PassedOver { Waiter: var waiter } => (waiter.ReplyTo, new LockDenied(state.Key, waiter.AcquireId, DenyReasons.Ended)),
            Outcome.RankReported report => (report.ReplyTo,
                new LockQueued(
                    state.Key, report.AcquireId, report.Rank, report.Holder?.Owner, report.RetryAfter, HeldFor(report.Holder),
                    state.Waiters.Count)),
            Outcome.Renewed { Grant: var grant } renewed => (renewed.ReplyTo, new LockRenewed(state.Key, grant.FencingToken, renewed.Ttl)),
            Outcome.RenewalRefused refused => (refused.ReplyTo, new LockLost(state.Key, refused.Why)),
            Outcome.Released { ReplyTo: var to, Grant: var grant } => (to, new LockReleased(state.Key, grant.FencingToken)),
            Outcome.ReleaseRepeated { ReplyTo: var to } => (to, new LockReleased(state.Key, FencingToken: 0)),
            Outcome.ReleaseRefused { ReplyTo: var to } => (to, new LockNotHeld(state.Key)),
            Outcome.Revoked { ReplyTo: var to, Grant: var grant } => (to, new LockRevoked(state.Key, grant.FencingToken, grant.Owner)),
            Outcome.RevocationRepeated { ReplyTo: var to } => (to, new LockRevoked(state.Key)),
            Outcome.WaiterCancelled { ReplyTo: var to, Waiter: var waiter } =>
                (to, new WaiterCancelled(state.Key, AttemptId.Of(waiter.AcquireId))),
            Outcome.WaiterCancelRepeated { ReplyTo: var to, AttemptId: var id } => (to, new WaiterCancelled(state.Key, id)),
            Outcome.WaiterNotFound { ReplyTo: var to, AttemptId: var id } => (to, new WaiterNotFound(state.Key, id)),
            Outcome.LossNotified { Grant: var grant } loss => (loss.ReplyTo,
                new LockLost(state.Key, loss.Why, loss.By, grant.FencingToken, loss.Detail)),

            // Changes of the lock that no client is sent a reply for.
            Outcome.Enqueued or Outcome.Dequeued or Outcome.Expired => null,
            _ => throw new LockInvariantException($"there is no reply for {outcome.GetType().Name}"),
        };

        LockDenied Denial(Guid acquireId, string why, Holder? holder, TimeSpan? retryAfter, string? detail = null) => new(
            state.Key, acquireId, why, holder?.Owner, retryAfter, detail, HeldFor(holder), state.Waiters.Count);

        TimeSpan? HeldFor(Holder? holder) =>
            holder is null ? null : decision.At > holder.GrantedAt ? decision.At - holder.GrantedAt : TimeSpan.Zero;
    }

    private static bool IsOfSession(Waiter waiter, string? clientId) => clientId is not null && waiter.ClientId == clientId;
}
