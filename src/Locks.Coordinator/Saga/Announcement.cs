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
                Outcome.Granted { Grant: var grant, ReplyTo: var asker } => SendAsync(context, asker,
                    new LockAcquired(key, grant.AcquireId, grant.Token.Value, grant.FencingToken, grant.AnnouncedLease)),
                Outcome.Denied denied => SendAsync(context, denied.ReplyTo,
                    new LockDenied(key, denied.AcquireId, denied.Why, denied.Holder?.Owner, denied.RetryAfter)),
                Outcome.PlaceTold told => SendAsync(context, told.ReplyTo, new LockQueued(key, told.AcquireId, told.Place)),
                Outcome.Renewed { Grant: var grant } renewed => SendAsync(context, renewed.ReplyTo,
                    new LockRenewed(key, grant.FencingToken, renewed.Lease)),
                Outcome.RenewalRefused refused => SendAsync(context, refused.ReplyTo, new LockLost(key, refused.Why)),
                Outcome.Released { Grant: var grant } released => SendAsync(context, released.ReplyTo,
                    new LockReleased(key, grant.FencingToken)),
                Outcome.ReleaseRefused refused => SendAsync(context, refused.ReplyTo, new LockNotHeld(key)),
                _ => Task.CompletedTask,
            }).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sends one reply the MassTransit way. Transient: a reply that gets lost is asked for again, and who asked is gone with its queue.
    /// </summary>
    private static async Task SendAsync<T>(ConsumeContext context, ReplyTo? asker, T reply)
        where T : class
    {
        if (asker is null)
            return;

        var isToQueue = DirectReply.TryGetQueue(asker.Address, out var address, out var queue);
        var endpoint = await context.GetResponseEndpoint<T>(address ?? asker.Address, asker.RequestId).ConfigureAwait(false);
        await endpoint.Send(
            reply,
            send =>
            {
                send.Durable = false;
                if (isToQueue)
                    send.SetRoutingKey(queue);
            },
            context.CancellationToken).ConfigureAwait(false);
    }
}
