using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Locks.Contracts;
using Locks.Transport.Batches;
using MassTransit;
using MassTransit.Logging;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// Sends batches on a channel of their own, beside that of a receive endpoint, on the connection that MassTransit keeps. The broker
/// confirms every message on MassTransit's own channels, as the bus is set up for all its users; for a batch the reply is the confirmation.
/// While there is no connection there is no such channel, and batches are sent by MassTransit.
/// </summary>
internal sealed class BatchChannel : IFilter<ChannelContext>
{
    /// <summary>A longer heartbeat than this is warned of.</summary>
    public static readonly TimeSpan LongestHeartbeat = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private ImmutableList<Open> _open = [];
    private int _warned;

    /// <summary>Opens a channel that asks for no confirmations.</summary>
    public static Task<IChannel> OpenAsync(ChannelContext beside) => beside.ConnectionContext.Connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: false, publisherConfirmationTrackingEnabled: false),
        beside.CancellationToken);

    /// <summary>
    /// Keeps a channel open for as long as the endpoint has one. Of several endpoints, the last that got its channel counts.
    /// </summary>
    public void AttachTo(IReceiveEndpointConfigurator endpoint) =>
        RabbitMqTransport.Configurator(endpoint).ConfigureChannel(pipe => pipe.UseFilter(this));

    /// <summary>Sends a batch to an endpoint, by its exchange, if that needs no wait for a connection.</summary>
    /// <param name="exchange">The exchange, as MassTransit declares it for its endpoint.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="serializer">Writes the batch.</param>
    /// <param name="timeToLive">How long the broker keeps the batch.</param>
    /// <param name="cancellationToken">Cancels the sending.</param>
    /// <returns>Whether it was sent. On <see langword="false"/> it may have been all the same.</returns>
    public ValueTask<bool> TrySendToEndpointAsync<TBatch>(
        string exchange, TBatch batch, BatchSerializer<TBatch> serializer, TimeSpan timeToLive, CancellationToken cancellationToken)
        where TBatch : class
    {
        // RabbitMQ closes the channel when a message's expiration is negative.
        var expiration = Math.Max(1, (long)timeToLive.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        return TrySendAsync(exchange, routingKey: "", batch, serializer, expiration, cancellationToken);
    }

    /// <summary>
    /// Sends a batch straight to a queue, if that needs no wait for a connection. Without such a queue the batch is lost.
    /// </summary>
    /// <returns>Whether it was sent. On <see langword="false"/> it may have been all the same.</returns>
    public ValueTask<bool> TrySendToQueueAsync<TBatch>(
        string queue, TBatch batch, BatchSerializer<TBatch> serializer, CancellationToken cancellationToken)
        where TBatch : class =>
        TrySendAsync(exchange: "", queue, batch, serializer, expiration: null, cancellationToken);

    /// <summary>Whether there is a connection to the broker.</summary>
    public bool IsOpen => _open is [.., { IsOpen: true }];

    /// <summary>How many consumers read a queue; none if it does not exist.</summary>
    /// <returns>The number, or <see langword="null"/> if the broker does not tell.</returns>
    public async Task<int?> CountReadersAsync(string queue, CancellationToken cancellationToken)
    {
        if (_open is not [.., { IsOpen: true } open])
            return null;

        try
        {
            // The broker closes the channel on which a queue that does not exist was asked for.
            var channel = await open.Connection.CreateChannelAsync(cancellationToken: cancellationToken)
                .OrAbandonAsync(cancellationToken)
                .ConfigureAwait(false);
            await using var _ = channel.ConfigureAwait(false);
            var found = await channel.QueueDeclarePassiveAsync(queue, cancellationToken)
                .OrAbandonAsync(cancellationToken)
                .ConfigureAwait(false);
            return (int)found.ConsumerCount;
        }
        catch (OperationInterruptedException exception)
        {
            return exception.ShutdownReason?.ReplyCode == Constants.NotFound ? 0 : null;
        }
#pragma warning disable CA1031 // Whatever it is, the number is not known.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>Asks the broker for an answer on the connection, and closes the connection when none comes.</summary>
    /// <param name="cancellationToken">Fires when the broker has had enough time.</param>
    /// <returns>Whether the broker has answered, or there is no connection to ask on.</returns>
    public async Task<bool> CheckAsync(CancellationToken cancellationToken)
    {
        // A connection that the broker blocks, because it is short of memory or disk, is alive: the broker has said so, and reads nothing.
        if (_open is not [.., { IsOpen: true, IsBlocked: false } open])
            return true;

        try
        {
            // The smallest request that the broker answers. No consumer of this channel waits for acknowledgements, so it changes nothing.
            // RabbitMQ.Client heeds the token only until it has sent the request.
            await open.Channel
                .BasicQosAsync(prefetchSize: 0, prefetchCount: 0, global: false, cancellationToken)
                .OrAbandonAsync(cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && open.IsBlocked)
        {
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            open.Log?.Warning?.Log(
                "The broker does not answer on connection {Connection}, which looks open. It is closed, and a new one is opened.",
                open.Connection.ClientProvidedName);
            await open.Connection
                .CloseAsync(Constants.ConnectionForced, "The broker does not answer.", CloseTimeout, abort: true, CancellationToken.None)
                .ConfigureAwait(false);
            return false;
        }
#pragma warning disable CA1031 // The channel or the connection has ended: MassTransit knows.
        catch (Exception)
#pragma warning restore CA1031
        {
            return true;
        }
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("batches");

    async Task IFilter<ChannelContext>.Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var channel = await OpenAsync(context).ConfigureAwait(false);
        await using var _ = channel.ConfigureAwait(false);
        var open = new Open(channel, context.ConnectionContext.Connection) { Log = LogContext.Current };
        CheckHeartbeat(open.Connection);
        ImmutableInterlocked.Update(ref _open, static (all, open) => all.Add(open), open);
        try
        {
            await next.Send(context).ConfigureAwait(false);
        }
        finally
        {
            ImmutableInterlocked.Update(ref _open, static (all, open) => all.Remove(open), open);
            open.Dispose();
        }
    }

    /// <summary>Warns once of a heartbeat with which the broker keeps queues for a dead connection for minutes.</summary>
    private void CheckHeartbeat(IConnection connection)
    {
        var isShort = connection.Heartbeat > TimeSpan.Zero && connection.Heartbeat <= LongestHeartbeat;
        if (isShort || Interlocked.Exchange(ref _warned, 1) != 0)
            return;

        LogContext.Warning?.Log(
            "The connection {Connection} to the broker has a heartbeat of {Heartbeat}. When it is cut off, the broker keeps its queues for it "
            + "for twice as long, and locks are served slowly meanwhile. Set a shorter one where the bus is configured: "
            + "rabbit.Host(…, host => host.Heartbeat(TimeSpan.FromSeconds(5))).",
            connection.ClientProvidedName,
            connection.Heartbeat);
    }

    private async ValueTask<bool> TrySendAsync<TBatch>(
        string exchange,
        string routingKey,
        TBatch batch,
        BatchSerializer<TBatch> serializer,
        string? expiration,
        CancellationToken cancellationToken)
        where TBatch : class
    {
        if (_open is not [.., { IsOpen: true } open])
            return false;

        // RabbitMQ's client has copied the body when the publishing completes.
        using var body = BatchBuffers.Rent();
        serializer.Write(batch, body.Buffer);
        var properties = new BasicProperties
        {
            ContentType = serializer.ContentType.MediaType,
            DeliveryMode = DeliveryModes.Transient,
            Expiration = expiration,
        };
        if (batch is LockCommands commands)
            properties.Headers = new Dictionary<string, object?> { [ProblemAddress.Header] = commands.ReplyTo };
        try
        {
            if (exchange.Length > 0 && !open.Exchanges.ContainsKey(exchange))
                await open.DeclareAsync(exchange, cancellationToken).ConfigureAwait(false);
            await open.Channel
                .BasicPublishAsync(exchange, routingKey, mandatory: false, properties, body.Buffer.WrittenMemory, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is: MassTransit sends the batch next, and reports the error if it cannot either.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private sealed class Open : IDisposable
    {
        private volatile bool _isBlocked;

        public Open(IChannel channel, IConnection connection)
        {
            (Channel, Connection) = (channel, connection);
            connection.ConnectionBlockedAsync += OnBlockedAsync;
            connection.ConnectionUnblockedAsync += OnUnblockedAsync;
        }

        public IChannel Channel { get; }

        public IConnection Connection { get; }

        /// <summary>
        /// Whether both are open: a channel may not have been told that its connection is lost (<see cref="LostChannelFilter"/>).
        /// </summary>
        public bool IsOpen => Channel.IsOpen && Connection.IsOpen;

        /// <summary>The endpoint's log: what is done with the channel later has no log in its execution context.</summary>
        public ILogContext? Log { get; init; }

        /// <summary>Whether the broker reads nothing on the connection for now, and has said so.</summary>
        public bool IsBlocked => _isBlocked;

        /// <summary>The exchanges that are known to exist: RabbitMQ closes the channel of a sender to one that does not.</summary>
        public ConcurrentDictionary<string, bool> Exchanges { get; } = new();

        public async Task DeclareAsync(string exchange, CancellationToken cancellationToken)
        {
            await Channel
                .ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            Exchanges[exchange] = true;
        }

        public void Dispose()
        {
            try
            {
                Connection.ConnectionBlockedAsync -= OnBlockedAsync;
                Connection.ConnectionUnblockedAsync -= OnUnblockedAsync;
            }
            catch (ObjectDisposedException)
            {
                // The connection is gone, and its handlers with it.
            }
        }

        private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
        {
            _isBlocked = true;
            return Task.CompletedTask;
        }

        private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
        {
            _isBlocked = false;
            return Task.CompletedTask;
        }
    }
}
