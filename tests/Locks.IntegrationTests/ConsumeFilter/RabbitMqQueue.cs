using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Locks.IntegrationTests.ConsumeFilter;

/// <summary>What the broker knows of a queue.</summary>
internal static class RabbitMqQueue
{
    /// <summary>How many messages are ready to be delivered; nothing when there is no such queue.</summary>
    public static async Task<uint?> ReadyAsync(string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (OperationInterruptedException)
        {
            return null;
        }
    }

    /// <summary>Removes a queue that a test made, and its exchange.</summary>
    public static async Task DeleteAsync(string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(queue);
        await channel.ExchangeDeleteAsync(queue);
    }
}
