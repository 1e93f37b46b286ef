using MassTransit;

namespace Locks.Simulation.Network;

/// <summary>A receive endpoint: what the product puts on it serves the messages.</summary>
internal sealed class SimulatedEndpoint
{
    private readonly Uri _address;
    private IFilter<ReceiveContext>? _pipe;

    /// <param name="address">Its address.</param>
    public SimulatedEndpoint(Uri address)
    {
        _address = address;
        var receive = Stub.Of<IReceivePipeConfigurator>(
            ("AddPipeSpecification", arguments => _pipe = (IFilter<ReceiveContext>)arguments[0]!));
        Configurator = Stub.Of<IReceiveEndpointConfigurator>(
            ("get_InputAddress", _ => address),
            ("ConfigureReceive", arguments => Run(() => ((Action<IReceivePipeConfigurator>)arguments[0]!)(receive))));
        var ready = Stub.Of<ReceiveEndpointReady>(("get_InputAddress", _ => address), ("get_IsStarted", _ => true));
        Handle = Stub.Of<HostReceiveEndpointHandle>(("get_Ready", _ => Task.FromResult(ready)));
    }

    /// <summary>What the product configures.</summary>
    public IReceiveEndpointConfigurator Configurator { get; }

    /// <summary>What the product gets for the connected endpoint.</summary>
    public HostReceiveEndpointHandle Handle { get; }

    /// <summary>Serves a message.</summary>
    /// <returns>The exception that came out of it, if one did.</returns>
    public async Task<Exception?> ReceiveAsync(Envelope envelope, bool isRedelivered)
    {
        var context = new SimulatedReceiveContext(envelope, _address, isRedelivered);
        try
        {
            await _pipe!.Send(context, Pipe.Empty<ReceiveContext>());
            await context.ReceiveCompleted;
            return context.Failure;
        }
#pragma warning disable CA1031 // It is the endpoint's answer to the broker.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return context.Failure ?? exception;
        }
    }

    private static object? Run(Action action)
    {
        action();
        return null;
    }
}
