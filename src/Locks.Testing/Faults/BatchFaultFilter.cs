using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Testing.Running;
using MassTransit;
using MassTransit.Context;

namespace Locks.Testing.Faults;

/// <summary>
/// The <see cref="FaultFilter{T}"/> for batches: it applies the fault plan to each command by itself. Refused commands are answered,
/// delayed ones arrive later in a batch of their own, and the rest goes on at once.
/// </summary>
internal sealed class BatchFaultFilter(FaultPlan faults, InFlightTracker inFlight) : IFilter<ConsumeContext<LockCommands>>
{
    private const string Name = "lockTestHarness";

    public async Task Send(ConsumeContext<LockCommands> context, IPipe<ConsumeContext<LockCommands>> next)
    {
        // The coordinator refuses a batch that can't be answered.
        if (HarnessClient.Sent(context)
            || context.Message is not { Commands: { } commands }
            || !Uri.TryCreate(context.Message.ReplyTo, UriKind.Absolute, out var client))
        {
            await next.Send(context).ConfigureAwait(false);
            return;
        }

        // The commands of one lock have the same delay, so they stay in order.
        var byDelay = commands.ToLookup(command => faults.DelayOf(InterceptedCommand.Of(command)));
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
            // The client sends its next batch once this one is reported as decided, even if no command of it is left.
            Guid[]? completed = admitted.Count == 0 ? [context.Message.BatchId] : null;
            if (refusals.Count > 0 || completed is not null)
                await context.Send(client, new LockReplies(refusals, completed)).ConfigureAwait(false);

            if (completed is not null)
                await context.NotifyConsumed(TimeSpan.Zero, Name).ConfigureAwait(false);
            else if (admitted.Count == context.Message.Commands.Count)
                await next.Send(context).ConfigureAwait(false);
            else
                await next.Send(new MessageConsumeContext<LockCommands>(context, context.Message with { Commands = admitted })).ConfigureAwait(false);
        }
        finally
        {
            // The message itself stays until the delayed commands have left.
            inFlight.Served(context.ReceiveContext);
        }
    }

    private async Task ArriveLateAsync(
        ConsumeContext<LockCommands> context, Uri client, FaultPlan.Delay delay, IReadOnlyList<LockCommand> commands)
    {
        using (inFlight.Expect())
        {
            await faults.HoldUpAsync(delay).ConfigureAwait(false);
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
            var intercepted = InterceptedCommand.Of(command);
            if (faults.RefusalOf(intercepted) is not { } why)
                admitted.Add(command);
            // A command that expects no answer gets lost.
            else if (RequestIdOf(command) is { } requestId)
                refusals.Add(new LockReply { RequestId = requestId, Failed = new CommandFailed(intercepted.Name, why) });
        }

        return admitted;
    }

    private static Guid? RequestIdOf(LockCommand command) =>
        CommandCatalogue.Find(command) is { } type ? type.RequestIdOf(command) : command.RequestId;
}
