using MassTransit;
using MassTransit.Context;
using MassTransit.Scheduling;

namespace Locks.Coordinator.Scheduling;

/// <summary>
/// The timers that one attempt at a message about a lease sets and cancels. They take effect when the lease is stored, and not at all when it
/// is not: an attempt that fails neither leaves a timer behind nor takes one from the lease as it is stored.
/// </summary>
/// <remarks>
/// MassTransit's in-memory outbox would do the same, but the scope that it opens for a saga repository puts a plain scheduler in place of
/// the outbox's.
/// </remarks>
internal sealed class DeferredSchedules(InProcessScheduler scheduler) : IScheduleMessageProvider
{
    private readonly List<Action> _changes = [];

    /// <summary>Becomes the scheduler of a message, in place of one that the application's bus may have.</summary>
    public void Serve(ConsumeContext context)
    {
        var service = new ConsumeMessageSchedulerContext(
            context, consumeContext => new MessageScheduler(this, consumeContext.GetPayload<IBusTopology>()));
        context.AddOrUpdatePayload<MessageSchedulerContext>(() => service, _ => service);
    }

    /// <summary>Takes effect: the lease is stored.</summary>
    public void TakeEffect()
    {
        _changes.ForEach(change => change());
        _changes.Clear();
    }

    public Task<ScheduledMessage<T>> ScheduleSend<T>(
        Uri destinationAddress, DateTime scheduledTime, T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class
    {
        var tokenId = NewId.NextGuid();
        _changes.Add(() => scheduler.Set(tokenId, destinationAddress, scheduledTime, message, pipe));
        return Task.FromResult<ScheduledMessage<T>>(new ScheduledMessageHandle<T>(tokenId, scheduledTime, destinationAddress, message));
    }

    public Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken)
    {
        _changes.Add(() => scheduler.Cancel(tokenId));
        return Task.CompletedTask;
    }

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        CancelScheduledSend(tokenId, cancellationToken);
}
