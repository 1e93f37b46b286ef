using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Domain;
using Locks.Transport;
using MassTransit;

namespace Locks.Coordinator.Pipeline;

/// <summary>Sends one reply from within the handling of a message.</summary>
internal static class Reply
{
    /// <summary>Sends a reply; none where there is no address for it.</summary>
    /// <exception cref="TimeoutException">The broker did not take it in time.</exception>
    public static Task SendAsync(ConsumeContext context, ReplyTo? receiver, object reply)
    {
        if (receiver is null)
            return Task.CompletedTask;

        return BoundedSend.RunAsync(
            cancel => BatchedReplyAddress.Is(receiver.Address)
                ? ReplyRoute.To(BatchedReplyAddress.ClientOf(receiver.Address), context.ReceiveContext.InputAddress)
                    .SendAsync(context, new LockReplies([ReplyCatalogue.Wrap(reply, receiver.RequestId)]), cancel)
                : ReplyRoute.To(receiver.Address, context.ReceiveContext.InputAddress)
                    .SendAsync(context, receiver.RequestId, reply, cancel),
            context.CancellationToken);
    }
}
