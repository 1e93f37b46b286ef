using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>Takes batches apart: each command that keeps the limits becomes a work item.</summary>
internal sealed class LockCommandsConsumer(
    LockStateMachine machine, LockCommandEvents events, InProcessScheduler scheduler, PartitionWorkers workers, ReplySender sender,
    CoordinatorMeter meter, TimeProvider time) :
    IConsumer<LockCommands>
{
    /// <summary>Executes a batch. A further attempt at the same message goes on with what is not done yet.</summary>
    public Task Consume(ConsumeContext<LockCommands> context) =>
        context.ReceiveContext.GetOrAddPayload(() => Open(context.Message)).ExecuteAsync(context, workers, sender);

    private BatchExecution Open(LockCommands message)
    {
        meter.RecordBatch(message.Commands.Count);
        var batch = new BatchExecution(message.BatchId, BatchedReplyAddress.Of(message.ReplyTo));
        var opening = new Opening(batch, machine, events, scheduler, time);
        foreach (var command in message.Commands)
            opening.Add(command);
        return batch;
    }

    private sealed class Opening(
        BatchExecution batch, LockStateMachine machine, LockCommandEvents events, InProcessScheduler scheduler, TimeProvider time) :
        IBatchedCommandVisitor
    {
        public void Add(LockCommand? command)
        {
            try
            {
                CommandCatalogue.TypeOf(command).Accept(this, command!);
            }
            catch (UnknownMessageException exception)
            {
                batch.Refuse(command?.RequestId, new CommandFailed(nameof(LockCommand), exception.Message));
            }
        }

        void IBatchedCommandVisitor.Visit<T>(BatchedCommandType<T> type, T message, Guid? requestId)
        {
            if (type.Validate(message) is { } problem)
            {
                batch.Refuse(requestId, type.RefusalOf(message, problem));
                return;
            }

            var key = type.KeyOf(message);
            batch.Add(new CommandWorkItem<T>(
                machine, events.For<T>(), scheduler, message, key, LockKey.ToId(key), requestId, batch.ReplyTo, time));
        }
    }
}
