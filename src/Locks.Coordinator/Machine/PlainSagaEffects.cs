using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>
/// The effects of an event where <see cref="LockStateMachine"/> is hosted as a plain saga, with a repository and a message scheduler of
/// MassTransit's. The endpoint's outbox, if it has one, holds the replies back until the saga is stored. Such a host has no shared leases.
/// </summary>
internal sealed class PlainSagaEffects(ConsumeContext context) : ILockEffects
{
    public LeaseSnapshot? Lease => null;

    private MessageSchedulerContext Scheduler => context.GetPayload<MessageSchedulerContext>();

    public async ValueTask ReplyAsync(ReplyTo to, object reply)
    {
        var endpoint = await context.GetResponseEndpoint<object>(to.Address, to.RequestId).ConfigureAwait(false);
        await endpoint.Send(reply, reply.GetType(), context.CancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Guid> SetTimerAsync(DateTimeOffset dueAt, LeaseExpired message) =>
        (await Scheduler.ScheduleSend(dueAt.UtcDateTime, message).ConfigureAwait(false)).TokenId;

    public async ValueTask CancelTimerAsync(Guid tokenId) =>
        await Scheduler.CancelScheduledSend(context.ReceiveContext.InputAddress, tokenId).ConfigureAwait(false);
}
