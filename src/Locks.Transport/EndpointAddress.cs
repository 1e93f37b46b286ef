namespace Locks.Transport;

/// <summary>The addresses that commands and broadcasts are sent to.</summary>
internal static class EndpointAddress
{
    /// <summary>
    /// The short address of an endpoint by its exchange, as MassTransit's RabbitMQ and in-memory transports understand it. It is never the
    /// queue's: a sender would declare that one itself, with other settings than its reader's.
    /// </summary>
    /// <param name="name">The name of the endpoint's queue, or of a topic.</param>
    public static Uri Of(string name) => new($"exchange:{name}");

    /// <summary>Whether an endpoint with this full address has the name.</summary>
    public static bool IsOf(Uri address, string name) => Uri.UnescapeDataString(address.Segments[^1]) == name;
}
