using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.InMemoryTransport.Configuration;
using MassTransit.Transports;

namespace Locks.Transport;

/// <summary>
/// MassTransit's in-memory transport, and every other one that has no class of its own here and knows addresses as
/// <see cref="EndpointAddress"/> makes them: endpoints and consumers alone. Keys are not partitioned; only the in-memory transport has
/// fan-out.
/// </summary>
/// <param name="address">An address of the bus.</param>
internal sealed class EndpointTransport(Uri address) : LockTransport(address)
{
    private const string InMemory = "loopback";

    public override bool HasPartitions => false;

    public override bool HasFanOut => Address.Scheme == InMemory;

    public override IsolatedHost? CreateHost(IBusInstance bus)
    {
        if (bus.HostConfiguration is not IInMemoryHostConfiguration host)
            return null;

        var configuration = new SendConfiguration();
        MessageSerializer.MakeOnly(configuration);
        return new IsolatedHost(new InMemoryReceiveEndpointConfiguration(host, "locks-sender", configuration).CreateReceiveEndpointContext());
    }

    public override void ReadAlone(IReceiveEndpointConfigurator endpoint)
    {
    }

    public override void Subscribe(IReceiveEndpointConfigurator endpoint, string topic)
    {
        if (endpoint is IInMemoryReceiveEndpointConfigurator memory)
            memory.Bind(topic);
    }

    /// <summary>MassTransit's own, which has no public constructor without a parent.</summary>
    private sealed class SendConfiguration() :
        InMemoryEndpointConfiguration(new InMemoryTopologyConfiguration(InMemoryBus.CreateMessageTopology()));
}
