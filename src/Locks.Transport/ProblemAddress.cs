using MassTransit;

namespace Locks.Transport;

/// <summary>
/// Where a client wants to be told why its message can't be served. It travels in a header, because the message itself may be what can't be
/// read. A sender without the client library sets none, and is told nothing.
/// </summary>
internal static class ProblemAddress
{
    /// <summary>The header of messages to a coordinator.</summary>
    public const string Header = "Locks-Problems-To";

    /// <summary>The address in a message's header, if there is one.</summary>
    public static Uri? Of(ReceiveContext context) =>
        context.TransportHeaders.TryGetHeader(Header, out var value) && Uri.TryCreate(value?.ToString(), UriKind.Absolute, out var address)
            ? address
            : null;
}
