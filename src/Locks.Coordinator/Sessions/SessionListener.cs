using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Saga;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Sessions;

/// <summary>
/// Listens for clients' signs of life, on a temporary queue of this coordinator's own. Without it, as on a transport that can't bind the queue,
/// no session ever counts as silent.
/// </summary>
internal sealed class SessionListener(
    IBus bus,
    IReceiveEndpointConnector connector,
    StoreGate gate,
    ClientSessions sessions,
    IOptions<LockCoordinatorOptions> options,
    ILogger<SessionListener> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.Ready.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;

        var handle = connector.ConnectReceiveEndpoint(
            new TemporaryEndpointDefinition("locks-sessions", configureConsumeTopology: false),
            DefaultEndpointNameFormatter.Instance,
            (_, endpoint) => Configure(endpoint));
        var ready = await handle.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        var self = new ReplyTo(ready.InputAddress, RequestId: null);
        sessions.SendNote = sentAt => _ = SendNoteAsync(self, sentAt);
    }

    private void Configure(IReceiveEndpointConfigurator endpoint)
    {
        var name = LockQueues.AliveNameOf(options.Value.QueueName);
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.Bind(name);
        else if (endpoint is IInMemoryReceiveEndpointConfigurator memory)
            memory.Bind(name);

        // One after another: whoever finds a note has read what came before it.
        endpoint.ConcurrentMessageLimit = 1;
        endpoint.ConfigureConsumeTopology = false;
        endpoint.PublishFaults = false;
        // The queue goes with its coordinator; what could not be read has no other use.
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<ClientAlive>>(new RefuseBadInput<ClientAlive>(InputChecks.Check)));
        endpoint.Handler<ClientAlive>(HearAsync);
        endpoint.Handler<Note>(context =>
        {
            sessions.HearNote(context.Message.SentAt);
            return Task.CompletedTask;
        });
    }

    private Task HearAsync(ConsumeContext<ClientAlive> context) =>
        sessions.Hear(context.Message) && context.ResponseAddress is { } address
            ? Reply.SendAsync(context, new ReplyTo(address, context.RequestId), new AskAgain(context.Message.ClientId))
            : Task.CompletedTask;

    private async Task SendNoteAsync(ReplyTo self, TimeSpan sentAt)
    {
        try
        {
            await Reply.SendAsync(bus, self, new Note(sentAt), CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Until a later one arrives, nobody is taken for dead.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.NoteNotSent(exception);
        }
    }
}
