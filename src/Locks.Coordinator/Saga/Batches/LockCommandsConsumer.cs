using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Saga.Lanes;
using Locks.Coordinator.Timers;
using MassTransit;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>Takes batches apart: each command that keeps the limits goes into its lane as an event of the state machine.</summary>
internal sealed class LockCommandsConsumer(LockStateMachine machine, LeaseTimer timer, LockLanes lanes, AnswerSender sender) :
    IConsumer<LockCommands>
{
    public Task Consume(ConsumeContext<LockCommands> context) =>
        context.ReceiveContext.GetOrAddPayload(() => Open(context.Message)).ServeAsync(context, lanes, sender);

    private BatchInProgress Open(LockCommands message)
    {
        var batch = new BatchInProgress(message.BatchId, CoalescedAddress.Of(message.ReplyTo));
        foreach (var command in message.Commands)
            Add(batch, command);
        return batch;
    }

    private void Add(BatchInProgress batch, LockCommand? command)
    {
        switch (command)
        {
            case { Acquire: { } acquire }:
                var requestId = command.RequestId ?? acquire.AcquireId;
                if (InputChecks.Check(acquire) is { } problem)
                    batch.Refuse(requestId, new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Invalid, Detail: problem.ToString()));
                else
                    Work(acquire, acquire.Key, machine.AcquireRequested, requestId);
                break;
            case { Release: { } release }:
                Check(release, InputChecks.Check(release), release.Key, machine.ReleaseRequested);
                break;
            case { Renew: { } renew }:
                Check(renew, InputChecks.Check(renew), renew.Key, machine.RenewRequested);
                break;
            case { Cancel: { } cancel }:
                Check(cancel, InputChecks.Check(cancel), cancel.Key, machine.AcquireCancelled);
                break;
            case { Confirm: { } confirm }:
                Check(confirm, InputChecks.Check(confirm), confirm.Key, machine.GrantConfirmed);
                break;
            case { Revoke: { } revoke }:
                Check(revoke, InputChecks.Check(revoke), revoke.Key, machine.RevokeRequested);
                break;
            default:
                batch.Refuse(command?.RequestId, new CommandFailed(nameof(LockCommand), "The command is of a kind that this coordinator does not know."));
                break;
        }

        void Check<T>(T message, BadInput? problem, string key, Event<T> @event)
            where T : class
        {
            if (problem is null)
                Work(message, key, @event, command.RequestId);
            else
                batch.Refuse(command.RequestId, new CommandFailed(typeof(T).Name, problem.ToString()));
        }

        void Work<T>(T message, string key, Event<T> @event, Guid? requestId)
            where T : class =>
            batch.Add(new CommandWork<T>(batch, machine, @event, timer, message, key, LockKey.ToId(key), requestId));
    }
}
