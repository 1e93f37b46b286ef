using System.Collections.Concurrent;
using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.Benchmarks.Baselines;

/// <summary>Sends requests and matches their replies, which come to a queue of its own.</summary>
internal sealed class RawCaller : IAsyncDisposable
{
    private const int BodyBytes = 128;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _requests;
    private readonly string _replies;
    private readonly ReadOnlyMemory<byte> _body = new byte[BodyBytes];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _pending = new();
    private long _lastId;

    private RawCaller(IConnection connection, IChannel channel, string requests, string replies) =>
        (_connection, _channel, _requests, _replies) = (connection, channel, requests, replies);

    public static async Task<RawCaller> StartAsync(Uri broker, string requests, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var replies = await channel.QueueDeclareAsync(cancellationToken: cancellationToken);
        var caller = new RawCaller(connection, channel, requests, replies.QueueName);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, reply) => caller.ReceiveAsync(reply.BasicProperties.CorrelationId);
        await channel.BasicConsumeAsync(replies.QueueName, autoAck: true, consumer, cancellationToken);
        return caller;
    }

    public async Task CallAsync()
    {
        var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        var reply = _pending[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _channel.BasicPublishAsync(
            exchange: "",
            _requests,
            mandatory: false,
            new BasicProperties { CorrelationId = id, ReplyTo = _replies, DeliveryMode = DeliveryModes.Transient },
            _body);
        await reply.Task.WaitAsync(Patience, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private Task ReceiveAsync(string? id)
    {
        if (id is not null && _pending.TryRemove(id, out var reply))
            reply.SetResult();
        return Task.CompletedTask;
    }
}
