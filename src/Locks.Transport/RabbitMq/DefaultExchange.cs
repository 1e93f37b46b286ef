using System.Web;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// Replies go to queues, through the default exchange. Nothing is declared for it, and it drops messages for a queue that does not exist any
/// more. MassTransit sends to an exchange that it declares first. A client's exchange goes with the client, and a message can name one that
/// exists in another form: RabbitMQ closes the sender's channel for either. That channel is the one that the coordinator reads with, so one
/// client would interrupt the requests of all others.
/// </summary>
internal static class DefaultExchange
{
    // MassTransit's name for the default exchange with the queue as routing key, and RabbitMQ's for a client that has no queue.
    private const string ReplyTo = "amq.rabbitmq.reply-to";

    private static readonly Uri ShortAddress = new($"exchange:{ReplyTo}");

    /// <summary>The way to the queue that an address names. An exchange counts as the queue of the same name, which MassTransit binds to it.</summary>
    /// <param name="address">An address on a bus of RabbitMQ's.</param>
    /// <returns>The way; <see langword="null"/> where the address is none of RabbitMQ's, or has no queue.</returns>
    public static ReplyRoute? RouteTo(Uri address)
    {
        var isShort = address.Scheme is "queue" or "exchange";
        if (!isShort && !RabbitMqTransport.Serves(address))
            return null;

        var name = NamedQueue(address.Query) ?? Uri.UnescapeDataString(isShort ? address.AbsolutePath : address.Segments[^1]);
        return name == ReplyTo ? null : new ReplyRoute(isShort ? ShortAddress : new Uri(address, ReplyTo), name);
    }

    // Next to no address names one, and to take a query apart for each reply costs more than to look.
    private static string? NamedQueue(string query) =>
        query.Contains("queue=", StringComparison.Ordinal) ? HttpUtility.ParseQueryString(query)["queue"] : null;
}
