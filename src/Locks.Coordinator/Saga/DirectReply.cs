using System.Diagnostics.CodeAnalysis;

namespace Locks.Coordinator.Saga;

/// <summary>
/// How a temporary queue on RabbitMQ is replied to: through the default exchange, which drops what has no queue any more. The queue's own
/// exchange goes with its client, and RabbitMQ closes the channel of whoever sends to an exchange that is gone. It is the channel that the
/// coordinator reads with, so each client that died would interrupt the requests of all the others.
/// </summary>
internal static class DirectReply
{
    // MassTransit's name for the default exchange with the queue as routing key.
    private const string DefaultExchange = "amq.rabbitmq.reply-to";

    /// <summary>Takes a response address apart.</summary>
    /// <param name="response">The response address.</param>
    /// <param name="address">The address to send to.</param>
    /// <param name="queue">The queue, to be set as routing key.</param>
    /// <returns>Whether it is the address of a temporary queue on RabbitMQ.</returns>
    public static bool TryGetQueue(Uri response, [NotNullWhen(true)] out Uri? address, [NotNullWhen(true)] out string? queue)
    {
        (address, queue) = (null, null);
        if (response.Scheme is not ("rabbitmq" or "rabbitmqs" or "amqp" or "amqps") || !response.Query.Contains("temporary=true", StringComparison.Ordinal))
            return false;

        address = new Uri(response, DefaultExchange);
        queue = Uri.UnescapeDataString(response.Segments[^1]);
        return true;
    }
}
