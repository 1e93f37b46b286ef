using RabbitMQ.Client;

namespace Locks.Benchmarks.Servers;

/// <summary>The name of a coordinator's queue for one run; what MassTransit makes under that name is deleted at the run's end.</summary>
internal sealed class OwnQueue(Uri broker) : IAsyncDisposable
{
    public string Name { get; } = $"locks-bench-{Guid.CreateVersion7():N}";

    public async ValueTask DisposeAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in new[] { Name, $"{Name}_error", $"{Name}_skipped" })
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }
}
