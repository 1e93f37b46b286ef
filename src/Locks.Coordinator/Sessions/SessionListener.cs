using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga;
using MassTransit;

namespace Locks.Coordinator.Sessions;

/// <summary>Hears clients' signs of life, and this coordinator's own notes.</summary>
internal sealed class SessionListener(ClientSessions sessions) : IConsumer<ClientAlive>, IConsumer<Note>
{
    public Task Consume(ConsumeContext<ClientAlive> context) =>
        sessions.Hear(context.Message) && context.ResponseAddress is { } address
            ? Reply.SendAsync(context, new ReplyTo(address, context.RequestId), new AskAgain(context.Message.ClientId))
            : Task.CompletedTask;

    public Task Consume(ConsumeContext<Note> context)
    {
        sessions.HearNote(context.Message.SentAt);
        return Task.CompletedTask;
    }
}
