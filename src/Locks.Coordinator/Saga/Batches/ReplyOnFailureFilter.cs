using Locks.Contracts;
using Locks.Coordinator.Pipeline;
using MassTransit;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>When a batch is given up, after all tries, those of its commands that were not served are answered so. The message is kept as one that failed.</summary>
internal sealed class ReplyOnFailureFilter(ReplySender sender) : IFilter<ConsumeContext<LockCommands>>
{
    public async Task Send(ConsumeContext<LockCommands> context, IPipe<ConsumeContext<LockCommands>> next)
    {
        try
        {
            await next.Send(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (context.ReceiveContext.TryGetPayload(out BatchExecution? batch))
        {
            await batch.GiveUpAsync(exception, sender).ConfigureAwait(false);
            throw;
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("tellWhenGivenUp");
}
