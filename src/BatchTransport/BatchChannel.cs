using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Locks.BatchTransport;

/// <summary>
/// Sends batches over RabbitMQ on a channel of their own, beside that of a receive endpoint, on the connection that MassTransit keeps.
/// MassTransit's own channels have every message confirmed by the broker, as the bus is set up for all who use it; for a batch the reply is the
/// confirmation. On another transport, and while there is no connection, there is no such channel, and batches go MassTransit's way.
/// </summary>
internal sealed class BatchChannel : IFilter<ChannelContext>
{
    private ImmutableList<Open> _open = [];

    /// <summary>A channel that asks for no confirmations.</summary>
    public static Task<IChannel> OpenAsync(ChannelContext beside) => beside.ConnectionContext.Connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: false, publisherConfirmationTrackingEnabled: false), beside.CancellationToken);

    /// <summary>Has a channel for as long as the endpoint has one; where there are several endpoints, any will do.</summary>
    public void AttachTo(IReceiveEndpointConfigurator endpoint)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.ConfigureChannel(pipe => pipe.UseFilter(this));
    }

    /// <summary>Sends to an endpoint, by its exchange, if it can be done without waiting for a connection.</summary>
    /// <param name="exchange">The exchange, as MassTransit declares it for its endpoint.</param>
    /// <param name="batch">What is sent.</param>
    /// <param name="serializer">How it is written.</param>
    /// <param name="timeToLive">How long the broker keeps it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it was sent. If it was not, it may have been all the same.</returns>
    public ValueTask<bool> TrySendToEndpointAsync<TBatch>(
        string exchange, TBatch batch, BatchSerializer<TBatch> serializer, TimeSpan timeToLive, CancellationToken cancellationToken)
        where TBatch : class
    {
        // RabbitMQ closes the channel of whoever sends something that expired before.
        var expiration = Math.Max(1, (long)timeToLive.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        return TrySendAsync(exchange, routingKey: "", batch, serializer, expiration, cancellationToken);
    }

    /// <summary>Sends straight to a queue, if it can be done without waiting for a connection. If there is no such queue, it is lost.</summary>
    /// <returns>Whether it was sent. If it was not, it may have been all the same.</returns>
    public ValueTask<bool> TrySendToQueueAsync<TBatch>(string queue, TBatch batch, BatchSerializer<TBatch> serializer)
        where TBatch : class =>
        TrySendAsync(exchange: "", queue, batch, serializer, expiration: null, CancellationToken.None);

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("batches");

    async Task IFilter<ChannelContext>.Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var channel = await OpenAsync(context).ConfigureAwait(false);
        await using var _ = channel.ConfigureAwait(false);
        var open = new Open(channel);
        ImmutableInterlocked.Update(ref _open, static (all, open) => all.Add(open), open);
        try
        {
            await next.Send(context).ConfigureAwait(false);
        }
        finally
        {
            ImmutableInterlocked.Update(ref _open, static (all, open) => all.Remove(open), open);
        }
    }

    private async ValueTask<bool> TrySendAsync<TBatch>(
        string exchange, string routingKey, TBatch batch, BatchSerializer<TBatch> serializer, string? expiration, CancellationToken cancellationToken)
        where TBatch : class
    {
        if (_open is not [.., { Channel.IsOpen: true } open])
            return false;

        var body = serializer.Write(batch);
        var properties = new BasicProperties
        {
            ContentType = serializer.ContentType.MediaType,
            DeliveryMode = DeliveryModes.Transient,
            Expiration = expiration,
        };
        try
        {
            if (exchange.Length > 0 && !open.Exchanges.ContainsKey(exchange))
                await open.DeclareAsync(exchange, cancellationToken).ConfigureAwait(false);
            await open.Channel.BasicPublishAsync(exchange, routingKey, mandatory: false, properties, body, cancellationToken).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is: MassTransit's way is next, and tells if it is no better.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private sealed class Open(IChannel channel)
    {
        public IChannel Channel => channel;

        /// <summary>What is known to be there: RabbitMQ closes the channel of whoever sends to an exchange that is not.</summary>
        public ConcurrentDictionary<string, bool> Exchanges { get; } = new();

        public async Task DeclareAsync(string exchange, CancellationToken cancellationToken)
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            Exchanges[exchange] = true;
        }
    }
}
