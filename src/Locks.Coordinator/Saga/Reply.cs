using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Saga;

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

    public static async Task SendAsync<T>(ConsumeContext context, ReplyTo? asker, T reply)
        where T : class
    {
        if (asker is null)
            return;

        var isToQueue = TryGetTemporaryQueue(asker.Address, out var address, out var queue);
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
