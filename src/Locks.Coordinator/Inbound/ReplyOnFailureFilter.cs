using Locks.Contracts;
using Locks.Coordinator.Pipeline;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>
/// Tells the client when its batch failed after all attempts, command by command. The message itself is kept in the error queue.
/// </summary>
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
            await batch.FailAsync(exception, sender).ConfigureAwait(false);
            throw;
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("replyOnFailure");
}
