using Locks.Contracts;
using Locks.Testing.Running;
using MassTransit;
using MassTransit.Context;

namespace Locks.Testing.Faults;

/// <summary>
/// The <see cref="FaultFilter{T}"/> for batches: the script has its way with each command by itself. What is refused is answered, what is held up
/// arrives later in a batch of its own, and the rest goes on at once.
/// </summary>
internal sealed class BatchFaultFilter(FaultPlan script, InFlightTracker traffic) : IFilter<ConsumeContext<LockCommands>>
{
    private const string Name = "lockTestHarness";

    public async Task Send(ConsumeContext<LockCommands> context, IPipe<ConsumeContext<LockCommands>> next)
    {
        // A batch that can't be answered is the coordinator's to refuse.
        if (HarnessClient.Sent(context)
            || context.Message is not { Commands: { } commands }
            || !Uri.TryCreate(context.Message.ReplyTo, UriKind.Absolute, out var client))
        {
            await next.Send(context).ConfigureAwait(false);
            return;
        }

        // All that is about one lock is held up by the same delay, so it stays in order.
        var byDelay = commands.ToLookup(command => script.DelayOf(InterceptedCommand.Of(command)));
        List<Task> late = [.. byDelay.Where(held => held.Key is not null).Select(held => ArriveLateAsync(context, client, held.Key!, [.. held]))];
        await Task.WhenAll([ArriveAsync(context, next, client, [.. byDelay[null]]), .. late]).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope(Name);

    private async Task ArriveAsync(
        ConsumeContext<LockCommands> context, IPipe<ConsumeContext<LockCommands>> next, Uri client, IReadOnlyList<LockCommand> commands)
    {
        try
        {
            var admitted = Admit(commands, out var refusals);
            // The client sends its next batch when it knows what has become of this one, even if nothing of it is left.
            Guid[]? settled = admitted.Count == 0 ? [context.Message.BatchId] : null;
            if (refusals.Count > 0 || settled is not null)
                await context.Send(client, new LockReplies(refusals, settled)).ConfigureAwait(false);

            if (settled is not null)
                await context.NotifyConsumed(TimeSpan.Zero, Name).ConfigureAwait(false);
            else if (admitted.Count == context.Message.Commands.Count)
                await next.Send(context).ConfigureAwait(false);
            else
                await next.Send(new MessageConsumeContext<LockCommands>(context, context.Message with { Commands = admitted })).ConfigureAwait(false);
        }
        finally
        {
            // The message itself stays until what is held up has left.
            traffic.Served(context.ReceiveContext);
        }
    }

    private async Task ArriveLateAsync(
        ConsumeContext<LockCommands> context, Uri client, FaultPlan.Delay delay, IReadOnlyList<LockCommand> commands)
    {
        using (traffic.Expect())
        {
            await script.HoldUpAsync(delay).ConfigureAwait(false);
            var admitted = Admit(commands, out var refusals);
            if (refusals.Count > 0)
                await context.Send(client, new LockReplies(refusals)).ConfigureAwait(false);
            if (admitted.Count > 0)
            {
                await context
                    .Send(context.ReceiveContext.InputAddress, new LockCommands(Guid.CreateVersion7(), context.Message.ReplyTo, admitted), send => HarnessClient.Mark(send))
                    .ConfigureAwait(false);
            }
        }
    }

    private List<LockCommand> Admit(IReadOnlyList<LockCommand> commands, out List<LockReply> refusals)
    {
        var admitted = new List<LockCommand>(commands.Count);
        refusals = [];
        foreach (var command in commands)
        {
            var arrival = InterceptedCommand.Of(command);
            if (script.RefusalOf(arrival) is not { } why)
                admitted.Add(command);
            // What expects no answer gets lost.
            else if ((command.RequestId ?? command.Acquire?.AcquireId) is { } requestId)
                refusals.Add(new LockReply { RequestId = requestId, Failed = new CommandFailed(arrival.Name, why) });
        }

        return admitted;
    }
}
