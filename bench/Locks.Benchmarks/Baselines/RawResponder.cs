using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.Benchmarks.Baselines;

/// <summary>Sends every request back as its reply, on a connection of its own.</summary>
internal sealed class RawResponder : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private RawResponder(IConnection connection, IChannel channel, string queue) =>
        (_connection, _channel, Queue) = (connection, channel, queue);

    /// <summary>The queue that it reads; gone with its connection.</summary>
    public string Queue { get; }

    public static async Task<RawResponder> StartAsync(Uri broker, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var queue = await channel.QueueDeclareAsync($"locks-bench-raw-{Guid.CreateVersion7():N}", cancellationToken: cancellationToken);
        var responder = new RawResponder(connection, channel, queue.QueueName);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, request) => responder.ReplyAsync(request);
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer, cancellationToken);
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
