using MassTransit;

namespace Locks.Transport.RabbitMq;

/// <summary>The broker's confirmation that it has a message.</summary>
internal static class Confirmation
{
    /// <summary>
    /// Does not wait for the confirmation, where there is one: a reply, or the next message, shows what became of this one.
    /// </summary>
    public static void SkipConfirmation(this SendContext send) => send.TrySetAwaitAck(false);
}
