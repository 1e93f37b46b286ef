using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga.Batches;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>Turns what happened into replies.</summary>
internal static class ReplyMapper
{
    /// <summary>Gives the replies to whoever sends them once the decision is stored: the batch that the event came in, or the message's outbox.</summary>
    public static async Task SendAsync(ConsumeContext context, Decision decision)
    {
        var isCommand = context.TryGetPayload(out CommandWorkItem? command);
        foreach (var outcome in decision.Outcomes)
        {
            if (Of(decision.After, outcome) is not ({ } asker, { } reply))
                continue;
            if (isCommand)
                command!.Tell(asker, reply);
            else
                await Reply.SendAsync(context, asker, reply).ConfigureAwait(false);
        }
    }

    private static (ReplyTo? Asker, object? Reply) Of(LockState state, Outcome outcome) => outcome switch
    {
        Outcome.Granted { Grant: var grant } granted => (granted.ReplyTo,
            new LockAcquired(
                state.Key, grant.AcquireId, grant.Token.Value, grant.FencingToken, grant.AnnouncedLease, grant.Cohort?.Items,
                OthersWait: state.Waiters.Head is { } next && !IsOfSession(next, grant.ClientId))),
        Outcome.Denied denied => (denied.ReplyTo,
            new LockDenied(state.Key, denied.AcquireId, denied.Why, denied.Holder?.Owner, denied.RetryAfter)),
        Outcome.PassedOver { Waiter: var waiter } => (waiter.ReplyTo, new LockDenied(state.Key, waiter.AcquireId, DenyReasons.Ended)),
        Outcome.RankReported told => (told.ReplyTo,
            new LockQueued(state.Key, told.AcquireId, told.Place, told.Holder?.Owner, told.RetryAfter)),
        Outcome.Renewed { Grant: var grant } renewed => (renewed.ReplyTo, new LockRenewed(state.Key, grant.FencingToken, renewed.Lease)),
        Outcome.RenewalRefused refused => (refused.ReplyTo, new LockLost(state.Key, refused.Why)),
        Outcome.Released { Grant: var grant } released => (released.ReplyTo, new LockReleased(state.Key, grant.FencingToken)),
        Outcome.Revoked { Grant: var grant } revoked => (revoked.ReplyTo, new LockRevoked(state.Key, grant.FencingToken, grant.Owner)),
        Outcome.RevocationRepeated repeated => (repeated.ReplyTo, new LockRevoked(state.Key)),
        Outcome.LossTold { Grant: var grant } loss => (loss.ReplyTo, new LockLost(state.Key, loss.Why, loss.By, grant.FencingToken)),
        Outcome.ReleaseRefused refused => (refused.ReplyTo, new LockNotHeld(state.Key)),
        _ => (null, null),
    };

    private static bool IsOfSession(Waiter waiter, string? clientId) => clientId is not null && waiter.ClientId == clientId;

}
