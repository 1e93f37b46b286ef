using RabbitMQ.Client;

namespace Locks.Verification.Servers;

/// <summary>What a run has on the broker.</summary>
internal static class BrokerObjects
{
    /// <summary>The queues that coordinators read, the partitions first.</summary>
    public static IEnumerable<string> Queues(string queue) => [$"{queue}-0", $"{queue}-1", queue];

    /// <summary>Removes the queues of a run, with their exchanges.</summary>
    public static async Task RemoveAsync(Uri broker, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        string[] others = ["-queries", "_error", "_skipped", "-alive", "-coordinators"];
        foreach (var name in Queues(queue).Concat(others.Select(other => queue + other)))
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }

    /// <summary>Drops what waits in the coordinators' queues.</summary>
    /// <returns>How many messages that were.</returns>
    public static async Task<uint> PurgeAsync(Uri broker, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        uint purged = 0;
        foreach (var name in Queues(queue))
            purged += await channel.QueuePurgeAsync(name);
        return purged;
    }
}
