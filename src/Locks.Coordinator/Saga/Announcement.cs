using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga.Batches;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>Turns what happened into replies.</summary>
internal static class Announcement
{
    /// <summary>Gives the replies to whoever sends them once the decision is stored: the batch that the event came in, or the message's outbox.</summary>
    public static async Task SendAsync(ConsumeContext context, Decision decision)
    {
        var isCommand = context.TryGetPayload(out CommandWork? command);
        foreach (var outcome in decision.Outcomes)
        {
            if (Of(decision.After.Key, outcome) is not ({ } asker, { } reply))
                continue;
            if (isCommand)
                command!.Tell(asker, reply);
            else
                await Reply.SendAsync(context, asker, reply).ConfigureAwait(false);
        }
    }

    private static (ReplyTo? Asker, object? Reply) Of(string key, Outcome outcome) => outcome switch
    {
        Outcome.Granted { Grant: var grant } granted => (granted.ReplyTo,
            new LockAcquired(
                key, grant.AcquireId, grant.Token.Value, grant.FencingToken, grant.AnnouncedLease, Told(grant.Followers))),
        Outcome.Denied denied => (denied.ReplyTo,
            new LockDenied(key, denied.AcquireId, denied.Why, denied.Holder?.Owner, denied.RetryAfter)),
        Outcome.PassedOver { Waiter: var waiter } => (waiter.ReplyTo, new LockDenied(key, waiter.AcquireId, DenyReasons.Ended)),
        Outcome.PlaceTold told => (told.ReplyTo,
            new LockQueued(key, told.AcquireId, told.Place, told.Holder?.Owner, told.RetryAfter)),
        Outcome.Renewed { Grant: var grant } renewed => (renewed.ReplyTo, new LockRenewed(key, grant.FencingToken, renewed.Lease)),
        Outcome.RenewalRefused refused => (refused.ReplyTo, new LockLost(key, refused.Why)),
        Outcome.Released { Grant: var grant } released => (released.ReplyTo, new LockReleased(key, grant.FencingToken)),
        Outcome.Revoked { Grant: var grant } revoked => (revoked.ReplyTo, new LockRevoked(key, grant.FencingToken, grant.Owner)),
        Outcome.RevocationRepeated repeated => (repeated.ReplyTo, new LockRevoked(key)),
        Outcome.LossTold { Grant: var grant } loss => (loss.ReplyTo, new LockLost(key, loss.Why, loss.By, grant.FencingToken)),
        Outcome.ReleaseRefused refused => (refused.ReplyTo, new LockNotHeld(key)),
        _ => (null, null),
    };

    private static GrantedFollower[]? Told(Followers? followers) =>
        followers is null ? null : [.. followers.Items.Select(follower => new GrantedFollower(follower.AcquireId, follower.FencingToken))];
}
