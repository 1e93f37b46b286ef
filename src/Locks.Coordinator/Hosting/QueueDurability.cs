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
