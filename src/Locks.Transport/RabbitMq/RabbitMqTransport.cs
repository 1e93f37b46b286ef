using Locks.Contracts;
using Locks.Transport.Batches;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// RabbitMQ: batches have a channel and a reply queue of their own, a partition's queue has a single active consumer, and topics are
/// exchanges.
/// </summary>
/// <param name="address">An address of the bus.</param>
internal sealed class RabbitMqTransport(Uri address) : LockTransport(address)
{
    private readonly BatchChannel _channel = new();

    public override bool HasPartitions => true;

    public override bool HasFanOut => true;

    /// <summary>Whether an address is one of RabbitMQ's.</summary>
    public static bool Serves(Uri address) => address.Scheme is "rabbitmq" or "rabbitmqs" or "amqp" or "amqps";

    public override IsolatedPipe ReceiveCommands(IReceiveEndpointConfigurator endpoint, IsolatedSender sender)
    {
        _channel.AttachTo(endpoint);
        return base.ReceiveCommands(endpoint, sender);
    }

    public override void GuardReplyAddresses(IReceiveEndpointConfigurator endpoint) => ReplyAddressFilter.AttachTo(endpoint);

    /// <summary>A host with a connection of its own: of the bus's, it has the address and the credentials alone.</summary>
    public override IsolatedHost CreateHost(IBusInstance bus)
    {
        var application = (IRabbitMqHostConfiguration)bus.HostConfiguration;
        var configuration = new RabbitMqBusConfiguration(new RabbitMqTopologyConfiguration(RabbitMqBusFactory.CreateMessageTopology()));
        MessageSerializer.MakeOnly(configuration);
        var settings = new ConnectionSettings(application.Settings);
        configuration.HostConfiguration.Settings = settings;
        configuration.HostConfiguration.LogContext = application.LogContext;
        if (settings.AcceptsAnyIssuer)
        {
            application.LogContext?.Warning?.Log(
                "The connection to the broker is encrypted, but a certificate of any issuer is accepted: another server on the way could read "
                + "what is sent, owner tokens included. Have the issuer checked where the bus is configured: rabbit.Host(…, host => host.UseSsl("
                + "ssl => ssl.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors))).");
        }

        var sender = new RabbitMqReceiveEndpointConfiguration(
            configuration.HostConfiguration,
            new RabbitMqReceiveSettings(configuration, "locks-sender", ExchangeType.Fanout, durable: false, autoDelete: true),
            configuration.CreateEndpointConfiguration(isBusEndpoint: false));
        var host = (BaseHost)configuration.HostConfiguration.Build();
        return new IsolatedHost(sender.CreateReceiveEndpointContext(), host, () => host.Stop(CancellationToken.None));
    }

    public override void ReadAlone(IReceiveEndpointConfigurator endpoint) => Configurator(endpoint).SingleActiveConsumer = true;

    public override void ChooseQueue(IReceiveEndpointConfigurator endpoint, bool isReplicated)
    {
        if (isReplicated)
            Configurator(endpoint).SetQuorumQueue();
        else
            Configurator(endpoint).SetQueueArgument(RabbitMQ.Client.Headers.XQueueType, "classic");
    }

    // On the system's clock: how long a connection takes to end is about the machine, and no test's time.
    public override void EndLostChannels(IReceiveEndpointConfigurator endpoint) =>
        new LostChannelFilter(TimeProvider.System).AttachTo(endpoint);

    public override void Subscribe(IReceiveEndpointConfigurator endpoint, string topic) => Configurator(endpoint).Bind(topic);

    public override Func<Uri, Uri> ReceiveReplies(
        IReceiveEndpointConfigurator endpoint, IsolatedPipe pipe, Action<LockReplies> receive, Action<Exception> unreadable)
    {
        var queue = new ReplyQueue($"{endpoint.InputAddress.Segments[^1]}-batches", receive, unreadable);
        queue.AttachTo(endpoint);
        _channel.AttachTo(endpoint);
        base.ReceiveReplies(endpoint, pipe, receive, unreadable);
        return queue.AddressBeside;
    }

    public override async Task SendCommandsAsync(
        ISendEndpointProvider sender, string queue, LockCommands batch, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var isSent = await _channel
            .TrySendToEndpointAsync(queue, batch, BatchSerializer.Commands, timeToLive, cancellationToken)
            .ConfigureAwait(false);
        if (!isSent)
            await base.SendCommandsAsync(sender, queue, batch, timeToLive, cancellationToken).ConfigureAwait(false);
    }

    public override async Task SendRepliesAsync(
        ISendEndpointProvider sender, Uri client, LockReplies batch, CancellationToken cancellationToken)
    {
        var route = ReplyRoute.To(client, Address);
        if (route.Queue is null
            || !await _channel.TrySendToQueueAsync(route.Queue, batch, BatchSerializer.Replies, cancellationToken).ConfigureAwait(false))
            await route.SendAsync(sender, batch, cancellationToken).ConfigureAwait(false);
    }

    public override Task<bool> CheckConnectionAsync(CancellationToken cancellationToken) => _channel.CheckAsync(cancellationToken);

    public override bool IsConnected => _channel.IsOpen;

    public override Task<int?> CountReadersAsync(string queue, CancellationToken cancellationToken) =>
        _channel.CountReadersAsync(queue, cancellationToken);

    public override string? ExplainRefusal(Exception exception, LockRole role, string queueName) =>
        AccessRefusal.Explain(exception, role, queueName);

    public override bool IsQueueKept(Exception exception) => RefusalIn(exception) == Constants.ResourceLocked;

    public override bool IsRefused(Exception exception) => RefusalIn(exception) is
        Constants.AccessRefused or Constants.NotFound or Constants.ResourceLocked or Constants.PreconditionFailed or Constants.NotAllowed;

    public override string? RemedyFor(Exception exception) => RefusalIn(exception) == Constants.PreconditionFailed
        ? "The queue exists with other settings. All coordinators of one queue need the same Durability, and a queue keeps its kind until it "
            + "is deleted: stop the coordinators, delete the queue (requests that are in it are sent again), and start them."
        : null;

    /// <summary>The broker's code for why it closed a channel.</summary>
    private static ushort? RefusalIn(Exception exception) =>
        (exception as OperationInterruptedException)?.ShutdownReason?.ReplyCode
        ?? (exception.InnerException is { } inner ? RefusalIn(inner) : null);

    internal static IRabbitMqReceiveEndpointConfigurator Configurator(IReceiveEndpointConfigurator endpoint) =>
        (IRabbitMqReceiveEndpointConfigurator)endpoint;
}
