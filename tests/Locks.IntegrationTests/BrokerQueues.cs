using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Locks.IntegrationTests;

/// <summary>Looks at queues of the broker.</summary>
internal static class BrokerQueues
{
    /// <summary>How many messages wait in a queue; none where there is no such queue.</summary>
    public static async Task<uint> CountAsync(IConnection connection, string queue)
    {
        // Asking about a queue that does not exist costs the channel.
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (OperationInterruptedException)
        {
            return 0;
        }
    }
}
