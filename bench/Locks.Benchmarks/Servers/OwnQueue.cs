using Locks.Contracts;
using RabbitMQ.Client;

namespace Locks.Benchmarks.Servers;

/// <summary>The name of a queue for one scenario; what MassTransit makes under that name is deleted at the scenario's end.</summary>
internal sealed class OwnQueue(Uri broker) : IAsyncDisposable
{
    private const int MostParts = 32;

    public string Name { get; } = $"locks-bench-{Guid.CreateVersion7():N}";

    /// <summary>A queue's name, the names of those that its keys may be spread over, and that of the exchange where clients say that they are alive.</summary>
    public static IEnumerable<string> NamesOf(string queue) =>
        [queue, LockPartitions.LivenessNameOf(queue), .. Enumerable.Range(0, MostParts).Select(part => LockPartitions.NameOf(queue, part))];

    public async ValueTask DisposeAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in NamesOf(Name).SelectMany(name => new[] { name, $"{name}_error", $"{name}_skipped" }))
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }
}
