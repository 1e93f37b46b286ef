using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;

namespace Locks.Transport.RabbitMq;

/// <summary>A queue that goes with its client.</summary>
internal static class TemporaryQueue
{
    // As MassTransit has it for temporary queues.
    private static readonly TimeSpan UnusedFor = TimeSpan.FromMinutes(1);

    /// <summary>Makes a queue temporary again, whatever was set for it meanwhile.</summary>
    public static void Keep(IReceiveEndpointConfigurator endpoint)
    {
        if (endpoint is not IRabbitMqReceiveEndpointConfiguration { Settings: RabbitMqReceiveSettings queue })
            return;

        // Each kind of queue has arguments that the broker refuses for another, so none stays.
        queue.QueueArguments.Clear();
        queue.SetQueueArgument(RabbitMQ.Client.Headers.XQueueType, "classic");
        queue.QueueExpiration = UnusedFor;
        (queue.Durable, queue.AutoDelete, queue.Exclusive) = (false, true, false);
    }
}
