using System.Collections.Concurrent;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.IntegrationTests.Leases;

/// <summary>Gets a copy, from the broker itself, of every message that is sent to a queue.</summary>
internal sealed class BrokerTap : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _messages = new();
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>The kinds of the messages since the last <see cref="Clear"/>, in order.</summary>
    public IReadOnlyList<string> Messages => [.. _messages];

    public static async Task<BrokerTap> OpenAsync(string exchange)
    {
        var tap = new BrokerTap();
        tap._connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        tap._channel = await tap._connection.CreateChannelAsync();
        var queue = await tap._channel.QueueDeclareAsync();
        await tap._channel.QueueBindAsync(queue.QueueName, exchange, routingKey: "");
        var consumer = new AsyncEventingBasicConsumer(tap._channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            tap._messages.Enqueue(KindOf(Encoding.UTF8.GetString(delivery.Body.Span)));
            return Task.CompletedTask;
        };
        await tap._channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
        return tap;
    }

    public void Clear() => _messages.Clear();

    public async ValueTask DisposeAsync()
    {
        await _channel!.DisposeAsync();
        await _connection!.DisposeAsync();
    }

    private static string KindOf(string envelope)
    {
        const string urn = "urn:message:Locks.Contracts:";
        var start = envelope.IndexOf(urn, StringComparison.Ordinal) + urn.Length;
        return envelope[start..envelope.IndexOf('"', start)];
    }
}
