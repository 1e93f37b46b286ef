using Locks.Contracts;
using Locks.Transport.Batches;
using Locks.Transport.Isolation;
using Locks.Transport.RabbitMq;
using MassTransit;

namespace Locks.Transport;

/// <summary>The way to a client's reply address.</summary>
/// <param name="Address">The address to send to.</param>
/// <param name="Queue">The queue that is set as routing key, where the address is that of the default exchange.</param>
/// <param name="IsIsolated">Whether the client understands the product's own format.</param>
internal readonly record struct ReplyRoute(Uri Address, string? Queue, bool IsIsolated = false)
{
    /// <summary>The way to the address that a client wants its replies at.</summary>
    /// <param name="replyAddress">The client's address.</param>
    /// <param name="ownAddress">An address of the bus that sends, which says what a short address such as <c>queue:orders</c> means.</param>
    public static ReplyRoute To(Uri replyAddress, Uri ownAddress)
    {
        var address = IsolatedAddress.Unmark(replyAddress);
        var route = RabbitMqTransport.Serves(ownAddress) ? DefaultExchange.RouteTo(address) : null;
        return (route ?? new ReplyRoute(address, Queue: null)) with { IsIsolated = IsolatedAddress.IsMarked(replyAddress) };
    }

    /// <summary>
    /// Sends one reply, with its request's id. It is transient: a reply that gets lost is requested again, and its receiver is gone with its
    /// queue.
    /// </summary>
    /// <param name="from">
    /// The handling of a message, to whose conversation the reply then belongs, or the bus. For a client that understands the product's own
    /// format: the isolated sender, or the handling of a message of that format.
    /// </param>
    /// <param name="requestId">The request's id.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="cancellationToken">Cancels the sending.</param>
    public async Task SendAsync(ISendEndpointProvider from, Guid? requestId, object reply, CancellationToken cancellationToken)
    {
        var queue = Queue;
        var endpoint = await (from is ConsumeContext context
            ? context.GetResponseEndpoint<object>(Address, requestId)
            : from.GetSendEndpoint(Address)).ConfigureAwait(false);
        await endpoint.Send(
            reply,
            reply.GetType(),
            Pipe.Execute<SendContext>(send =>
            {
                send.RequestId = requestId;
                send.Durable = false;
                if (queue is not null)
                    send.SetRoutingKey(queue);
            }),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a batch of replies.</summary>
    public async Task SendAsync(ISendEndpointProvider from, LockReplies batch, CancellationToken cancellationToken)
    {
        var queue = Queue;
        var endpoint = await from.GetSendEndpoint(Address).ConfigureAwait(false);
        await endpoint.Send(
            batch,
            send =>
            {
                send.Serializer = BatchSerializer.Replies;
                send.Durable = false;
                send.SkipConfirmation();
                if (queue is not null)
                    send.SetRoutingKey(queue);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
