using MassTransit;
using MassTransit.Context;
using MassTransit.Scheduling;

namespace Locks.Coordinator.Timers;

/// <summary>Makes <see cref="LeaseTimer"/> the scheduler of the messages that pass.</summary>
internal sealed class LeaseTimerFilter(LeaseTimer timer) : IFilter<ConsumeContext>
{
    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        // Instead of a scheduler that the application's bus may have: that one would send a durable message for every lease.
        var scheduler = new ConsumeMessageSchedulerContext(
            context, consumeContext => new MessageScheduler(timer, consumeContext.GetPayload<IBusTopology>()));
        context.AddOrUpdatePayload<MessageSchedulerContext>(() => scheduler, _ => scheduler);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("leaseTimer");
}
