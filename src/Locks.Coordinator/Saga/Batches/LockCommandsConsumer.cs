using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using MassTransit;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>
/// Takes batches apart: each command that keeps its limits goes to its partition worker as an event of the state machine.
/// </summary>
internal sealed class LockCommandsConsumer(
    LockStateMachine machine, LockCommandEvents events, InProcessScheduler timer, PartitionWorkers workers, ReplySender sender) :
    IConsumer<LockCommands>
{
    public Task Consume(ConsumeContext<LockCommands> context) =>
        context.ReceiveContext.GetOrAddPayload(() => Open(context.Message)).ServeAsync(context, workers, sender);

    private BatchExecution Open(LockCommands message)
    {
        var batch = new BatchExecution(message.BatchId, BatchedReplyAddress.Of(message.ReplyTo));
        var opening = new Opening(batch, machine, events, timer);
        foreach (var command in message.Commands)
            opening.Add(command);
        return batch;
    }

    private sealed class Opening(BatchExecution batch, LockStateMachine machine, LockCommandEvents events, InProcessScheduler timer) :
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
                batch.Refuse(requestId, type.RefusalOf(message, problem));
            else
                batch.Add(WorkItem(message, type.KeyOf(message), requestId));
        }

        private CommandWorkItem<T> WorkItem<T>(T message, string key, Guid? requestId)
            where T : class =>
            new(batch, machine, events.For<T>(), timer, message, key, LockKey.ToId(key), requestId);
    }
}
