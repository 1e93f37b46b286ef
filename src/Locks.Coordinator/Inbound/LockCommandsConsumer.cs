using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>Takes batches apart: each command that keeps the limits becomes a work item.</summary>
internal sealed class LockCommandsConsumer(LockStateMachine machine, InProcessScheduler scheduler, PartitionWorkers workers, ReplySender sender) :
    IConsumer<LockCommands>
{
    /// <summary>Executes a batch. A further attempt at the same message goes on with what is not done yet.</summary>
    public Task Consume(ConsumeContext<LockCommands> context) =>
        context.ReceiveContext.GetOrAddPayload(() => Open(context.Message)).ExecuteAsync(context, workers, sender);

    private BatchExecution Open(LockCommands message)
    {
        var batch = new BatchExecution(message.BatchId, BatchedReplyAddress.Of(message.ReplyTo));
        foreach (var command in message.Commands)
            Add(batch, command);
        return batch;
    }

    private void Add(BatchExecution batch, LockCommand? command)
    {
        switch (command)
        {
            case { Acquire: { } acquire }:
                var requestId = command.RequestId ?? acquire.AcquireId;
                if (CommandValidation.Check(acquire) is { } problem)
                    batch.Refuse(requestId, new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Invalid, Detail: problem.ToString()));
                else
                    AddItem(acquire, acquire.Key, machine.AcquireRequested, requestId);
                break;
            case { Release: { } release }:
                AddIfValid(release, CommandValidation.Check(release), release.Key, machine.ReleaseRequested);
                break;
            case { Renew: { } renew }:
                AddIfValid(renew, CommandValidation.Check(renew), renew.Key, machine.RenewRequested);
                break;
            case { Cancel: { } cancel }:
                AddIfValid(cancel, CommandValidation.Check(cancel), cancel.Key, machine.AcquireCancelled);
                break;
            case { Confirm: { } confirm }:
                AddIfValid(confirm, CommandValidation.Check(confirm), confirm.Key, machine.GrantConfirmed);
                break;
            case { Revoke: { } revoke }:
                AddIfValid(revoke, CommandValidation.Check(revoke), revoke.Key, machine.RevokeRequested);
                break;
            default:
                batch.Refuse(
                    command?.RequestId,
                    new CommandFailed(nameof(LockCommand), "The command is of a kind that this coordinator does not know."));
                break;
        }

        void AddIfValid<T>(T message, ValidationError? problem, string key, Event<T> @event)
            where T : class
        {
            if (problem is null)
                AddItem(message, key, @event, command.RequestId);
            else
                batch.Refuse(command.RequestId, new CommandFailed(typeof(T).Name, problem.ToString()));
        }

        void AddItem<T>(T message, string key, Event<T> @event, Guid? requestId)
            where T : class =>
            batch.Add(new EventWorkItem<T>(machine, @event, scheduler, message, key, LockKey.ToId(key), requestId, batch.ReplyTo));
    }
}
