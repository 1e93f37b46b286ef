using Locks.Benchmarks.Candidates;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.Benchmarks.Baselines;

/// <summary>The answering end of a round trip with RabbitMQ.Client alone.</summary>
/// <param name="Broker">Its broker.</param>
/// <param name="Queue">The queue that it reads; gone with its connection.</param>
internal sealed record RawResponderResource(Uri Broker, string Queue) : Resource
{
    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken) =>
        await RawResponder.StartAsync(Broker, Queue, cancellationToken);
}

/// <summary>Sends every request back as its reply, on a connection of its own.</summary>
internal sealed class RawResponder : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private RawResponder(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public static async Task<RawResponder> StartAsync(Uri broker, string queue, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        // Not exclusive: the callers may be other processes, on other connections.
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true, cancellationToken: cancellationToken);
        var responder = new RawResponder(connection, channel);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, request) => responder.ReplyAsync(request);
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer, cancellationToken);
        return responder;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task ReplyAsync(BasicDeliverEventArgs request) =>
        await _channel.BasicPublishAsync(
            exchange: "",
            request.BasicProperties.ReplyTo!,
            mandatory: false,
            new BasicProperties { CorrelationId = request.BasicProperties.CorrelationId, DeliveryMode = DeliveryModes.Transient },
            request.Body);
}
