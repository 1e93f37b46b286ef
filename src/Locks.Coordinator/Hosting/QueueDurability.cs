using Locks.Transport;
using MassTransit;

namespace Locks.Coordinator.Hosting;

/// <summary>The kind of a coordinator's queues, where the broker has several (RabbitMQ).</summary>
public enum QueueDurability
{
    /// <summary>The kind that the broker gives to a queue of which nothing else is said: that of its virtual host.</summary>
    BrokerDefault = 0,

    /// <summary>A queue on one node. While that node is down, the queue can't be used.</summary>
    Classic,

    /// <summary>
    /// A queue that is replicated over the nodes of the cluster, and goes on when a minority of them is down. Each message is written on
    /// most of them before it is delivered.
    /// </summary>
    Quorum,
}

/// <summary>Gives queues the kind that the coordinator's options choose.</summary>
internal static class QueueDurabilityExtensions
{
    /// <summary>Chooses the kind of an endpoint's queue, unless that is left to the broker.</summary>
    public static void Apply(this QueueDurability durability, LockTransport transport, IReceiveEndpointConfigurator endpoint)
    {
        if (durability != QueueDurability.BrokerDefault)
            transport.ChooseQueue(endpoint, isReplicated: durability == QueueDurability.Quorum);
    }
}
