using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// Replies to a temporary queue go through the default exchange, which drops messages for a queue that does not exist any more. The queue's
/// own exchange goes with its client, and RabbitMQ closes the channel of a sender to an exchange that is gone. That channel is the one that
/// the coordinator reads with, so each client that died would interrupt the requests of all others.
/// </summary>
internal static class TemporaryQueue
{
    // MassTransit's name for the default exchange with the queue as routing key.
    private const string DefaultExchange = "amq.rabbitmq.reply-to";

    // As MassTransit has it for temporary queues.
    private static readonly TimeSpan UnusedFor = TimeSpan.FromMinutes(1);

    /// <summary>Makes a queue temporary again, whatever was set for it meanwhile.</summary>
    public static void Keep(IReceiveEndpointConfigurator endpoint)
    {
        if (endpoint is not IRabbitMqReceiveEndpointConfiguration { Settings: RabbitMqReceiveSettings queue })
            return;

        // Each kind of queue has arguments that the broker refuses for another, so none stays.
        queue.QueueArguments.Clear();
        queue.SetQueueArgument(RabbitMQ.Client.Headers.XQueueType, "classic");
        queue.QueueExpiration = UnusedFor;
        (queue.Durable, queue.AutoDelete, queue.Exclusive) = (false, true, false);
    }

    /// <summary>Takes the reply address of a temporary queue apart.</summary>
    /// <returns>Whether the address is one.</returns>
    public static bool TryGetRoute(Uri replyAddress, out ReplyRoute route)
    {
        if (!RabbitMqTransport.Serves(replyAddress) || !replyAddress.Query.Contains("temporary=true", StringComparison.Ordinal))
        {
            route = default;
            return false;
        }

        route = new ReplyRoute(new Uri(replyAddress, DefaultExchange), Uri.UnescapeDataString(replyAddress.Segments[^1]));
        return true;
    }
}
