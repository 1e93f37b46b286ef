using Locks.Contracts;
using Locks.Transport.Batches;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// A client's queue for batches of replies. It is read on a channel of its own beside that of the reply endpoint, and the broker
/// acknowledges a batch as soon as it delivers it, because a reply that gets lost is requested again. Like the endpoint's queue it is gone
/// with its reader. It is back under its name when MassTransit is connected again, before the endpoint is ready.
/// </summary>
/// <param name="name">The queue's name.</param>
/// <param name="receive">Takes a batch.</param>
/// <param name="unreadable">Takes the reason why a batch was not taken.</param>
internal sealed class ReplyQueue(string name, Action<LockReplies> receive, Action<Exception> unreadable) : IFilter<ChannelContext>
{
    /// <summary>Declares and reads the queue for as long as the endpoint has a channel.</summary>
    public void AttachTo(IReceiveEndpointConfigurator endpoint) =>
        RabbitMqTransport.Configurator(endpoint).ConfigureChannel(pipe => pipe.UseFilter(this));

    /// <summary>The queue's address.</summary>
    /// <param name="endpoint">The address of the reply endpoint.</param>
    public Uri AddressBeside(Uri endpoint) => new(endpoint, $"{name}?temporary=true");

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("replies");

    async Task IFilter<ChannelContext>.Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var channel = await BatchChannel.OpenAsync(context).ConfigureAwait(false);
        await using var _ = channel.ConfigureAwait(false);
        // RabbitMQ 4 allows no other transient queue than an exclusive one.
        await channel.QueueDeclareAsync(
            name, durable: false, exclusive: true, autoDelete: true, cancellationToken: context.CancellationToken).ConfigureAwait(false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => ReceiveAsync(delivery.Body);
        var isOver = false;
        // The queue was deleted. When the endpoint's own channel ends, MassTransit starts anew with both.
        consumer.UnregisteredAsync += (_, _) => Volatile.Read(ref isOver) ? Task.CompletedTask : context.Channel.CloseAsync();
        await channel.BasicConsumeAsync(name, autoAck: true, consumer, context.CancellationToken).ConfigureAwait(false);
        try
        {
            await next.Send(context).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref isOver, true);
        }
    }

    private Task ReceiveAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            receive(BatchSerializer.Replies.Read(body.Span));
        }
#pragma warning disable CA1031 // RabbitMQ's client swallows what is thrown here, and the next delivery comes all the same.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            unreadable(exception);
        }

        return Task.CompletedTask;
    }
}
