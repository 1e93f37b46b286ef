using Locks.Contracts;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Saga.Leases;

/// <summary>Turns what happened to a shared lease into replies and into the note to pass its locks on.</summary>
internal sealed class LeaseReplyMapper(ILockStore store, IOptions<LockCoordinatorOptions> options)
{
    public async Task SendAsync(ConsumeContext context, LeaseDecision decision)
    {
        var id = decision.After.Id;
        foreach (var outcome in decision.Outcomes)
        {
            await (outcome switch
            {
                LeaseOutcome.Granted granted => Reply.SendAsync(context, granted.ReplyTo, new LeaseGranted(id, granted.Ttl)),
                LeaseOutcome.Renewed renewed => Reply.SendAsync(context, renewed.ReplyTo, new LeaseRenewed(id, renewed.Ttl)),
                LeaseOutcome.Revoked revoked => Reply.SendAsync(context, revoked.ReplyTo, new LeaseRevoked(id)),
                LeaseOutcome.NotFound notFound => Reply.SendAsync(context, notFound.ReplyTo, new LeaseNotFound(id)),
                LeaseOutcome.EndTold told => Reply.SendAsync(context, told.ReplyTo, new LeaseEnded(id, told.End.Reason, told.End.By)),
                LeaseOutcome.Described described => DescribeAsync(context, id, described),
                LeaseOutcome.LocksToFree => NoteAsync(context, new LeaseDue(id)),
                _ => Task.CompletedTask,
            }).ConfigureAwait(false);
        }
    }

    private async Task DescribeAsync(ConsumeContext context, Guid id, LeaseOutcome.Described described)
    {
        var locks = await store.Leases.CountLocksAsync(id, context.CancellationToken).ConfigureAwait(false);
        var answer = new LeaseDescribed(id, described.Grant.Ttl, described.Remaining, described.Grant.Owner, locks);
        await Reply.SendAsync(context, described.ReplyTo, answer).ConfigureAwait(false);
    }

    private async Task NoteAsync(ConsumeContext context, LeaseDue note)
    {
        var endpoint = await context.GetSendEndpoint(options.Value.Address).ConfigureAwait(false);
        await endpoint.Send(note, send => send.Durable = false, context.CancellationToken).ConfigureAwait(false);
    }
}
