using MassTransit;
using MassTransit.Context;
using MassTransit.Scheduling;

namespace Locks.Coordinator.Timers;

/// <summary>Makes <see cref="LeaseTimer"/> the scheduler of the messages that pass.</summary>
internal sealed class LeaseTimerFilter(LeaseTimer timer) : IFilter<ConsumeContext>
{
    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        context.GetOrAddPayload<MessageSchedulerContext>(() => new ConsumeMessageSchedulerContext(
            context, consumeContext => new MessageScheduler(timer, consumeContext.GetPayload<IBusTopology>())));
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("leaseTimer");
}
