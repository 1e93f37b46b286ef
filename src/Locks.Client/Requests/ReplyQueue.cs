using Locks.BatchTransport;
using Locks.Client.Core;
using Locks.Contracts;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.Client.Requests;

/// <summary>
/// The queue for batches of replies on RabbitMQ: read on a channel of its own beside that of the reply endpoint, and acknowledged by the
/// broker as soon as it delivers, because a reply that gets lost is asked for again. Like the endpoint's queue it is gone with its reader, and there
/// again under its name when MassTransit is connected again, before the endpoint is ready.
/// </summary>
internal sealed class ReplyQueue(Action<LockReplies> receive, ILogger logger) : IFilter<ChannelContext>
{
    private string? _name;

    /// <summary>There is one, where the transport is RabbitMQ.</summary>
    public void AttachTo(IReceiveEndpointConfigurator endpoint)
    {
        if (endpoint is not IRabbitMqReceiveEndpointConfigurator rabbit)
            return;

        _name = $"{endpoint.InputAddress.Segments[^1]}-batches";
        rabbit.ConfigureChannel(pipe => pipe.UseFilter(this));
    }

    /// <summary>Where batches of replies are to be sent.</summary>
    /// <param name="endpoint">Where the other replies are to be sent.</param>
    public Uri AddressBeside(Uri endpoint) => _name is null ? endpoint : new Uri(endpoint, $"{_name}?temporary=true");

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("replies");

    async Task IFilter<ChannelContext>.Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var channel = await BatchChannel.OpenAsync(context).ConfigureAwait(false);
        await using var _ = channel.ConfigureAwait(false);
        await channel.QueueDeclareAsync(
            _name!, durable: false, exclusive: false, autoDelete: true, cancellationToken: context.CancellationToken).ConfigureAwait(false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => ReceiveAsync(delivery.Body);
        var isOver = false;
        // Somebody has deleted the queue. When the endpoint's own channel ends, MassTransit starts anew with both.
        consumer.UnregisteredAsync += (_, _) => Volatile.Read(ref isOver) ? Task.CompletedTask : context.Channel.CloseAsync();
        await channel.BasicConsumeAsync(_name!, autoAck: true, consumer, context.CancellationToken).ConfigureAwait(false);
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
#pragma warning disable CA1031 // What is thrown here nobody would hear of, and the next delivery comes all the same.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.ReplyNotUnderstood(exception);
        }

        return Task.CompletedTask;
    }
}
