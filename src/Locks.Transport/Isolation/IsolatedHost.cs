using MassTransit;
using MassTransit.Transports;

namespace Locks.Transport.Isolation;

/// <summary>A host of MassTransit's, without the application's configuration as its parent, for the product's own messages.</summary>
/// <param name="SendContext">What messages are sent with.</param>
/// <param name="Endpoints">Connects receive endpoints; absent where they are connected to the bus.</param>
/// <param name="Close">Closes the connection, with the endpoints that were connected to it; absent where it is the bus's.</param>
internal sealed record IsolatedHost(ReceiveEndpointContext SendContext, IReceiveConnector? Endpoints = null, Func<Task>? Close = null)
{
    /// <summary>Closes the connection, if it is not the bus's. It opens again when it is needed.</summary>
    public Task CloseAsync() => Close?.Invoke() ?? Task.CompletedTask;
}
