using MassTransit;
using MassTransit.Context;
using MassTransit.Scheduling;

namespace Locks.Coordinator.Scheduling;

/// <summary>
/// The timers that one attempt at a message sets and calls off. They take effect when its locks are stored, and not at all when they are
/// not: an attempt that fails neither leaves a timer behind nor takes one from the lock as it is stored.
/// </summary>
/// <remarks>
/// MassTransit's in-memory outbox would do the same, but the scope that it opens for a saga repository puts a plain scheduler in place of
/// the outbox's.
/// </remarks>
internal sealed class DeferredSchedules(InProcessScheduler timer) : IScheduleMessageProvider
{
    private List<Action> _changes = [];

    /// <summary>Makes itself the scheduler of a message, in place of one that the application's bus may have.</summary>
    public void Serve(ConsumeContext context)
    {
        var scheduler = SchedulerFor(context);
        context.AddOrUpdatePayload(() => scheduler, _ => scheduler);
    }

    /// <summary>A scheduler for what is sent to where a message came from.</summary>
    public MessageSchedulerContext SchedulerFor(ConsumeContext context) =>
        new ConsumeMessageSchedulerContext(context, consumeContext => new MessageScheduler(this, consumeContext.GetPayload<IBusTopology>()));

    /// <summary>Leaves it to somebody else, from now on, when the timers take effect.</summary>
    public void RecordInto(List<Action> changes) => _changes = changes;

    /// <summary>The locks are stored.</summary>
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
        _changes.Add(() => timer.Set(tokenId, destinationAddress, scheduledTime, message, pipe));
        return Task.FromResult<ScheduledMessage<T>>(new ScheduledMessageHandle<T>(tokenId, scheduledTime, destinationAddress, message));
    }

    public Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken)
    {
        _changes.Add(() => timer.Cancel(tokenId));
        return Task.CompletedTask;
    }

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        CancelScheduledSend(tokenId, cancellationToken);
}
