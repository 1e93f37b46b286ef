using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Pipeline;
using MassTransit;

namespace Locks.Coordinator.Liveness;

/// <summary>Receives the clients' <see cref="ClientAlive"/> messages, and this coordinator's own watermarks.</summary>
internal sealed class LivenessConsumer(SessionLiveness sessions) : IConsumer<ClientAlive>, IConsumer<LivenessWatermark>
{
    public Task Consume(ConsumeContext<ClientAlive> context) =>
        sessions.Hear(context.Message) && context.ResponseAddress is { } address
            ? Reply.SendAsync(context, new ReplyTo(address, context.RequestId), new ResendAcquires(context.Message.ClientId))
            : Task.CompletedTask;

    public Task Consume(ConsumeContext<LivenessWatermark> context)
    {
        sessions.ObserveWatermark(context.Message.SentAt);
        return Task.CompletedTask;
    }
}
