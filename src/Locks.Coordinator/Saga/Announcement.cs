using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>Turns what happened into replies.</summary>
internal static class Announcement
{
    public static async Task SendAsync(ConsumeContext context, Decision decision)
    {
        var key = decision.After.Key;
        foreach (var outcome in decision.Outcomes)
        {
            await (outcome switch
            {
                Outcome.Granted { Grant: var grant, ReplyTo: var asker } => Reply.SendAsync(context, asker,
                    new LockAcquired(
                        key, grant.AcquireId, grant.Token.Value, grant.FencingToken, grant.AnnouncedLease, Told(grant.Followers))),
                Outcome.Denied denied => Reply.SendAsync(context, denied.ReplyTo,
                    new LockDenied(key, denied.AcquireId, denied.Why, denied.Holder?.Owner, denied.RetryAfter)),
                Outcome.PlaceTold told => Reply.SendAsync(context, told.ReplyTo,
                    new LockQueued(key, told.AcquireId, told.Place, told.Holder?.Owner, told.RetryAfter)),
                Outcome.Renewed { Grant: var grant } renewed => Reply.SendAsync(context, renewed.ReplyTo,
                    new LockRenewed(key, grant.FencingToken, renewed.Lease)),
                Outcome.RenewalRefused refused => Reply.SendAsync(context, refused.ReplyTo, new LockLost(key, refused.Why)),
                Outcome.Released { Grant: var grant } released => Reply.SendAsync(context, released.ReplyTo,
                    new LockReleased(key, grant.FencingToken)),
                Outcome.Revoked { Grant: var grant } revoked => Reply.SendAsync(context, revoked.ReplyTo,
                    new LockRevoked(key, grant.FencingToken, grant.Owner)),
                Outcome.RevocationRepeated repeated => Reply.SendAsync(context, repeated.ReplyTo, new LockRevoked(key)),
                Outcome.LossTold { Grant: var grant } loss => Reply.SendAsync(context, loss.ReplyTo,
                    new LockLost(key, loss.Why, loss.By, grant.FencingToken)),
                Outcome.ReleaseRefused refused => Reply.SendAsync(context, refused.ReplyTo, new LockNotHeld(key)),
                _ => Task.CompletedTask,
            }).ConfigureAwait(false);
        }
    }

    private static GrantedFollower[]? Told(Followers? followers) =>
        followers is null ? null : [.. followers.Items.Select(follower => new GrantedFollower(follower.AcquireId, follower.FencingToken))];
}
