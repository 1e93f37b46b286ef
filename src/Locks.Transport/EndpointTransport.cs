using MassTransit;

namespace Locks.Transport;

/// <summary>
/// MassTransit's in-memory transport, and every other one that has no class of its own here: endpoints and consumers alone. Keys are not
/// partitioned; only the in-memory transport has fan-out.
/// </summary>
/// <param name="address">An address of the bus.</param>
internal sealed class EndpointTransport(Uri address) : LockTransport
{
    private const string InMemory = "loopback";

    public override bool HasPartitions => false;

    public override bool HasFanOut => address.Scheme == InMemory;

    public override void ReadAlone(IReceiveEndpointConfigurator endpoint)
    {
    }

    public override void Subscribe(IReceiveEndpointConfigurator endpoint, string topic)
    {
        if (endpoint is IInMemoryReceiveEndpointConfigurator memory)
            memory.Bind(topic);
    }
}
