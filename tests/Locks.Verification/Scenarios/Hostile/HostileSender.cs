using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.Verification.Scenarios.Hostile;

/// <summary>Sends hostile messages to the coordinators' queues, and counts the answers.</summary>
internal sealed class HostileSender : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _queue;
    private int _answers;

    private HostileSender(IConnection connection, IChannel channel, string queue, Uri replyTo)
    {
        (_connection, _channel, _queue) = (connection, channel, queue);
        ReplyTo = replyTo;
    }

    /// <summary>Where answers are counted.</summary>
    public Uri ReplyTo { get; }

    /// <summary>How many answers came.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Connects to the broker.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="queue">The coordinators' queue.</param>
    public static async Task<HostileSender> ConnectAsync(Uri broker, string queue)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        var name = $"hostile-{Guid.CreateVersion7():N}";
        await channel.ExchangeDeclareAsync(name, "fanout", durable: false, autoDelete: true);
        await channel.QueueDeclareAsync(name, durable: false, exclusive: true, autoDelete: true);
        await channel.QueueBindAsync(name, name, "");
        var replyTo = new UriBuilder("rabbitmq", broker.Host, broker.Port, name, "?durable=false&autodelete=true").Uri;
        var sender = new HostileSender(connection, channel, queue, replyTo);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, _) =>
        {
            Interlocked.Increment(ref sender._answers);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(name, autoAck: true, consumer);
        return sender;
    }

    /// <summary>Sends a message.</summary>
    public Task SendAsync(HostileMessage message) => _channel.BasicPublishAsync(
        "", _queue + message.Queue, mandatory: false, new BasicProperties { ContentType = message.ContentType }, message.Body).AsTask();

    /// <summary>How many messages are in a queue.</summary>
    /// <param name="suffix">What follows the name of the coordinators' queue.</param>
    /// <returns>The number; 0 where there is no such queue.</returns>
    public async Task<uint> CountAsync(string suffix)
    {
        // Asking about a queue that does not exist costs the channel.
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(_queue + suffix)).MessageCount;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
