using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;

namespace Locks.Client.ConsumeFilter;

/// <summary>Has a message redelivered: by the endpoint's own redelivery or scheduler, or else by sending a copy after the delay.</summary>
internal static class Redelivery
{
    /// <summary>How often a guard had this message redelivered.</summary>
    public static int Count(ConsumeContext context) => context.Headers.Get<int>(LockHeaders.Redeliveries) ?? 0;

    /// <summary>Completes when it is safe to acknowledge the message.</summary>
    public static Task RedeliverAsync<TMessage>(
        this ConsumeContext<TMessage> context, TimeSpan delay, TimeProvider time, CancellationToken cancellationToken)
        where TMessage : class
    {
        var means = context.TryGetPayload(out MessageRedeliveryContext? redelivery) ? redelivery
            : context.HasPayloadType(typeof(MessageSchedulerContext))
                ? new ScheduleMessageRedeliveryContext<TMessage>(context, RedeliveryOptions.ReplaceMessageId)
                : new DelayedCopy<TMessage>(context, time, cancellationToken);
        return means.ScheduleRedelivery(delay, Count);
    }

    /// <summary>Counts the redelivery, and leaves a retry policy's own count as it is: a busy lock is no failure.</summary>
    private static void Count(ConsumeContext context, SendContext copy)
    {
        copy.Headers.Set(LockHeaders.Redeliveries, Count(context) + 1);
        copy.Headers.Set(MessageHeaders.RedeliveryCount, context.GetRedeliveryCount() is > 0 and var failures ? failures : null);
    }

    private sealed class DelayedCopy<TMessage>(ConsumeContext<TMessage> context, TimeProvider time, CancellationToken cancellationToken)
        : MessageRedeliveryContext
        where TMessage : class
    {
        public async Task ScheduleRedelivery(TimeSpan delay, Action<ConsumeContext, SendContext>? callback)
        {
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);

            var endpoint = await context.GetSendEndpoint(context.ReceiveContext.InputAddress).ConfigureAwait(false);
            var copy = new ForwardMessagePipe<TMessage>(context, Pipe.Execute<SendContext<TMessage>>(send =>
            {
                // Some brokers drop a message with the id of one that they have seen.
                send.ReplaceMessageId(context);
                callback?.Invoke(context, send);
            }));
            await endpoint.Send(context.Message, copy, context.CancellationToken).ConfigureAwait(false);
        }
    }
}
