using MassTransit;

namespace Locks.Simulation.Network;

/// <summary>
/// The bus of one process, as far as the product uses it: it sends to addresses, and connects endpoints whose messages the simulation
/// delivers. Everything from the message to its bytes, and from the bytes to the consumer, is the product's.
/// </summary>
internal static class SimulatedBus
{
    /// <summary>Creates the bus of a process.</summary>
    /// <param name="address">The bus's address, and that of the one endpoint that is connected to it.</param>
    /// <param name="send">Takes the messages.</param>
    /// <param name="connected">Takes the endpoint.</param>
    public static IBus Of(Uri address, Action<Uri, Envelope> send, Action<SimulatedEndpoint> connected) => Stub.Of<IBus>(
        ("get_Address", _ => address),
        ("GetSendEndpoint", arguments => Task.FromResult<ISendEndpoint>(new SimulatedSendEndpoint((Uri)arguments[0]!, send))),
        ("ConnectReceiveEndpoint", arguments => Connect(address, (Action<IReceiveEndpointConfigurator>)arguments[^1]!, connected)));

    private static HostReceiveEndpointHandle Connect(
        Uri address, Action<IReceiveEndpointConfigurator> configure, Action<SimulatedEndpoint> connected)
    {
        var endpoint = new SimulatedEndpoint(address);
        configure(endpoint.Configurator);
        connected(endpoint);
        return endpoint.Handle;
    }
}
