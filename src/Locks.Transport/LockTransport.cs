using Locks.Contracts;
using Locks.Transport.Batches;
using Locks.Transport.Isolation;
using Locks.Transport.RabbitMq;
using MassTransit;
using MassTransit.Transports;

namespace Locks.Transport;

/// <summary>
/// How commands, replies, session liveness and membership travel. What is here needs endpoints and consumers of MassTransit's alone, and
/// addresses as <see cref="EndpointAddress"/> makes them. A transport that can do better, or that lacks something, says so in a class of its
/// own.
/// </summary>
/// <param name="address">An address of the bus.</param>
internal abstract class LockTransport(Uri address)
{
    /// <summary>An address of the bus.</summary>
    protected Uri Address { get; } = address;

    /// <summary>Whether one of several coordinators at a time can read a queue, so that keys can be partitioned.</summary>
    public abstract bool HasPartitions { get; }

    /// <summary>Whether a message can reach every coordinator.</summary>
    public abstract bool HasFanOut { get; }

    /// <summary>The transport of the bus that an address belongs to.</summary>
    public static LockTransport For(Uri address) =>
        RabbitMqTransport.Serves(address) ? new RabbitMqTransport(address) : new EndpointTransport(address);

    /// <summary>Prepares a coordinator's endpoint for batches of commands.</summary>
    /// <returns>The pipe that serves them, and the messages of clients and coordinators that travel alone.</returns>
    public virtual IsolatedPipe ReceiveCommands(IReceiveEndpointConfigurator endpoint, IsolatedSender sender) =>
        IsolatedPipe.On(endpoint, sender, BatchSerializer.Commands);

    /// <summary>Keeps the addresses that an endpoint's messages name for their replies and faults from harming the endpoint.</summary>
    public virtual void GuardReplyAddresses(IReceiveEndpointConfigurator endpoint)
    {
    }

    /// <summary>Creates the host that the product's own messages travel by; none where that can't be done.</summary>
    public virtual IsolatedHost? CreateHost(IBusInstance bus) => null;

    /// <summary>Has the broker deliver a partition's queue to one coordinator at a time.</summary>
    public abstract void ReadAlone(IReceiveEndpointConfigurator endpoint);

    /// <summary>Chooses the kind of a coordinator's queue, where the broker has several.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="isReplicated">Whether the broker's nodes replicate the queue.</param>
    public virtual void ChooseQueue(IReceiveEndpointConfigurator endpoint, bool isReplicated)
    {
    }

    /// <summary>
    /// Makes the queue of a temporary endpoint again what it was before the application's callbacks for endpoints saw it: they mean queues
    /// that stay, and a broker refuses a temporary queue that is, say, replicated. To be called before anything looks at the endpoint's
    /// address.
    /// </summary>
    public static void KeepTemporary(IReceiveEndpointConfigurator endpoint) => TemporaryQueue.Keep(endpoint);

    /// <summary>Has an endpoint receive what is broadcast on a topic, as far as there is fan-out.</summary>
    public abstract void Subscribe(IReceiveEndpointConfigurator endpoint, string topic);

    /// <summary>Has a client's reply endpoint read batches of replies.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="pipe">The endpoint's pipe.</param>
    /// <param name="receive">Takes a batch.</param>
    /// <param name="unreadable">Takes the reason why a batch was not taken, where MassTransit does not report that itself.</param>
    /// <returns>The address that batches of replies are to be sent to, for the address of the endpoint.</returns>
    public virtual Func<Uri, Uri> ReceiveReplies(
        IReceiveEndpointConfigurator endpoint, IsolatedPipe pipe, Action<LockReplies> receive, Action<Exception> unreadable)
    {
        pipe.Consumers.ConnectHandler<LockReplies>(context =>
        {
            receive(context.Message);
            return Task.CompletedTask;
        });
        return static address => address;
    }

    /// <summary>
    /// Sends a batch of commands to a queue of the coordinators. The reply is all the confirmation that is needed. A transport that does this
    /// in its own way sends the content type, <see cref="ProblemAddress.Header"/> and the time to live as well.
    /// </summary>
    public virtual async Task SendCommandsAsync(
        ISendEndpointProvider sender, string queue, LockCommands batch, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var endpoint = await sender.GetSendEndpoint(EndpointAddress.Of(queue)).OrAbandonAsync(cancellationToken).ConfigureAwait(false);
        await endpoint.Send(
            batch,
            send =>
            {
                send.Serializer = BatchSerializer.Commands;
                send.Headers.Set(ProblemAddress.Header, batch.ReplyTo);
                send.Durable = false;
                send.TimeToLive = timeToLive;
                send.SkipConfirmation();
            },
            cancellationToken).OrAbandonAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends a batch of replies to one client. No confirmation is awaited: a client that misses a reply repeats its request.
    /// </summary>
    public virtual Task SendRepliesAsync(ISendEndpointProvider sender, Uri client, LockReplies batch, CancellationToken cancellationToken) =>
        ReplyRoute.To(client, Address).SendAsync(sender, batch, cancellationToken);

    /// <summary>
    /// Has the broker answer on the connection that is in use; when it does not, closes the connection, so that a new one is opened. A
    /// connection whose other side is gone without a word looks alive until a heartbeat is missed twice, which takes minutes.
    /// </summary>
    /// <param name="cancellationToken">Fires when the broker has had enough time.</param>
    /// <returns>Whether the broker has answered, or there is nothing to find out.</returns>
    public virtual Task<bool> CheckConnectionAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Whether there is a connection to the broker, as far as that can be told.</summary>
    public virtual bool IsConnected => true;

    /// <summary>How many consumers read a queue; <see langword="null"/> where that can't be found out.</summary>
    public virtual Task<int?> CountReadersAsync(string queue, CancellationToken cancellationToken) => Task.FromResult<int?>(null);

    /// <summary>
    /// What to do about an error, for people to read, where the broker refused the user a permission; <see langword="null"/> otherwise.
    /// </summary>
    /// <param name="exception">The error.</param>
    /// <param name="role">What the user does.</param>
    /// <param name="queueName">The name of the coordinator's queue.</param>
    public virtual string? ExplainRefusal(Exception exception, LockRole role, string queueName) => null;

    /// <summary>
    /// Whether an endpoint could not be opened because the broker keeps its queue for a former connection, which it does not know to be dead.
    /// </summary>
    public virtual bool IsQueueKept(Exception exception) => false;

    /// <summary>Whether an endpoint could not be opened because the broker refuses what is asked of it, and will refuse it again.</summary>
    public virtual bool IsRefused(Exception exception) => false;

    /// <summary>Has an endpoint open again whose channel was lost, where MassTransit does not notice and would wait for ever.</summary>
    public virtual void EndLostChannels(IReceiveEndpointConfigurator endpoint)
    {
    }

    /// <summary>
    /// What to do about an endpoint that could not be opened because its queue exists with other settings; absent for any other reason.
    /// </summary>
    public virtual string? RemedyFor(Exception exception) => null;

    /// <summary>Sends a message to every endpoint that subscribed to a topic. Another one follows soon, so its loss is no harm.</summary>
    /// <param name="sender">Sends it.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="message">The message.</param>
    /// <param name="timeToLive">How long the broker keeps the message.</param>
    /// <param name="replyAddress">The address for replies, if any is expected.</param>
    /// <param name="isConfirmed">Whether to wait for the broker's confirmation, where there is one.</param>
    /// <param name="cancellationToken">Cancels the sending.</param>
    public static async Task BroadcastAsync<T>(
        ISendEndpointProvider sender, string topic, T message, TimeSpan timeToLive, Uri? replyAddress, bool isConfirmed, CancellationToken cancellationToken)
        where T : class
    {
        var endpoint = await sender.GetSendEndpoint(EndpointAddress.Of(topic)).OrAbandonAsync(cancellationToken).ConfigureAwait(false);
        await endpoint.Send(
            message,
            send =>
            {
                send.ResponseAddress = replyAddress;
                send.Durable = false;
                send.TimeToLive = timeToLive;
                if (!isConfirmed)
                    send.SkipConfirmation();
            },
            cancellationToken).OrAbandonAsync(cancellationToken).ConfigureAwait(false);
    }
}
