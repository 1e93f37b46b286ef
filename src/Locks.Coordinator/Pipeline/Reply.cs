using System.Diagnostics.CodeAnalysis;
using Locks.BatchTransport;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// Sends one reply the MassTransit way: to the response address, with the request id. Transient: a reply that gets lost is asked for again,
/// and who asked is gone with its queue.
/// </summary>
/// <remarks>
/// A temporary queue on RabbitMQ is replied to through the default exchange, which drops what has no queue any more. The queue's own
/// exchange goes with its client, and RabbitMQ closes the channel of whoever sends to an exchange that is gone. It is the channel that the
/// coordinator reads with, so each client that died would interrupt the requests of all the others.
/// </remarks>
internal static class Reply
{
    // MassTransit's name for the default exchange with the queue as routing key.
    private const string DefaultExchange = "amq.rabbitmq.reply-to";

    /// <summary>Replies from within the handling of a message: its outbox holds the reply back until that is done.</summary>
    public static async Task SendAsync(ConsumeContext context, ReplyTo? asker, object reply)
    {
        if (asker is null)
            return;

        if (BatchedReplyAddress.Is(asker.Address))
            await SendAsync(context, channel: null, asker.Address, new LockReplies([LockReplyOf.Message(reply, asker.RequestId)])).ConfigureAwait(false);
        else
            await SendAsync(context, asker, reply, context.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends one reply.</summary>
    public static async Task SendAsync(ISendEndpointProvider from, ReplyTo asker, object reply, CancellationToken cancellationToken)
    {
        var isToQueue = TryGetTemporaryQueue(asker.Address, out var address, out var queue);
        var endpoint = await (from is ConsumeContext context
            ? context.GetResponseEndpoint<object>(address ?? asker.Address, asker.RequestId)
            : from.GetSendEndpoint(address ?? asker.Address)).ConfigureAwait(false);
        await endpoint.Send(
            reply,
            reply.GetType(),
            Pipe.Execute<SendContext>(send =>
            {
                send.RequestId = asker.RequestId;
                send.Durable = false;
                if (isToQueue)
                    send.SetRoutingKey(queue);
            }),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends many replies to one client. Nobody waits for the broker's word: a client that misses an answer asks again.</summary>
    public static async Task SendAsync(ISendEndpointProvider from, BatchChannel? channel, Uri client, LockReplies replies)
    {
        var plain = new UriBuilder(client) { Fragment = "" }.Uri;
        var isToQueue = TryGetTemporaryQueue(plain, out var address, out var queue);
        if (isToQueue && channel is not null
            && await channel.TrySendToQueueAsync(queue!, replies, BatchSerializer.Replies).ConfigureAwait(false))
            return;

        var endpoint = await from.GetSendEndpoint(address ?? plain).ConfigureAwait(false);
        await endpoint.Send(
            replies,
            send =>
            {
                send.Serializer = BatchSerializer.Replies;
                send.Durable = false;
                send.TrySetAwaitAck(false);
                if (isToQueue)
                    send.SetRoutingKey(queue);
            }).ConfigureAwait(false);
    }

    /// <summary>Takes the response address of a temporary queue on RabbitMQ apart.</summary>
    /// <param name="response">The response address.</param>
    /// <param name="address">The address to send to instead.</param>
    /// <param name="queue">The queue, to be set as routing key.</param>
    internal static bool TryGetTemporaryQueue(Uri response, [NotNullWhen(true)] out Uri? address, [NotNullWhen(true)] out string? queue)
    {
        (address, queue) = (null, null);
        if (response.Scheme is not ("rabbitmq" or "rabbitmqs" or "amqp" or "amqps")
            || !response.Query.Contains("temporary=true", StringComparison.Ordinal))
            return false;

        address = new Uri(response, DefaultExchange);
        queue = Uri.UnescapeDataString(response.Segments[^1]);
        return true;
    }
}
