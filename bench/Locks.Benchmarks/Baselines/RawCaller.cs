using System.Collections.Concurrent;
using System.Globalization;
using Locks.Benchmarks.Candidates;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.Benchmarks.Baselines;

/// <summary>
/// The floor: a request and its reply through the broker with RabbitMQ.Client alone, transient and acknowledged by themselves, with nothing
/// done in between.
/// </summary>
/// <param name="Broker">Its broker.</param>
/// <param name="Requests">The responder's queue.</param>
/// <param name="Twice">Whether an operation is two round trips, one after the other, as an acquire and a release are; or one.</param>
internal sealed record RawCallerResource(Uri Broker, string Requests, bool Twice) : Resource
{
    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken) =>
        await RawCaller.StartAsync(Broker, Requests, Twice, cancellationToken);
}

/// <summary>Sends requests and matches their replies, which come to a queue of its own.</summary>
internal sealed class RawCaller : IOperation
{
    private const int BodyBytes = 128;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly string _requests;
    private readonly string _replies;
    private readonly bool _twice;
    private readonly ReadOnlyMemory<byte> _body = new byte[BodyBytes];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _pending = new();
    private long _lastId;

    private RawCaller(IConnection connection, IChannel channel, string requests, string replies, bool twice) =>
        (_connection, _channel, _requests, _replies, _twice) = (connection, channel, requests, replies, twice);

    public static async Task<RawCaller> StartAsync(Uri broker, string requests, bool twice, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var replies = await channel.QueueDeclareAsync(cancellationToken: cancellationToken);
        var caller = new RawCaller(connection, channel, requests, replies.QueueName, twice);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, reply) => caller.ReceiveAsync(reply.BasicProperties.CorrelationId);
        await channel.BasicConsumeAsync(replies.QueueName, autoAck: true, consumer, cancellationToken);
        return caller;
    }

    public async Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken)
    {
        await CallAsync();
        return _twice ? CallAsync : static () => Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task CallAsync()
    {
        var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        var reply = _pending[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _channel.BasicPublishAsync(
            exchange: "",
            _requests,
            mandatory: false,
            new BasicProperties { CorrelationId = id, ReplyTo = _replies, DeliveryMode = DeliveryModes.Transient },
            _body);
        await reply.Task.WaitAsync(TimeLimit, TimeProvider.System);
    }

    private Task ReceiveAsync(string? id)
    {
        if (id is not null && _pending.TryRemove(id, out var reply))
            reply.SetResult();
        return Task.CompletedTask;
    }
}
