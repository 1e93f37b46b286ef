using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Scheduling;
using MassTransit;

namespace Locks.Coordinator.Pipeline;

/// <summary>An event that is raised on the state machine directly: a command of a batch, or a lock that is due.</summary>
/// <param name="machine">The state machine.</param>
/// <param name="event">The event.</param>
/// <param name="scheduler">Runs the timers.</param>
/// <param name="message">The command.</param>
/// <param name="key">The key of the lock.</param>
/// <param name="lockId">The id of the lock.</param>
/// <param name="requestId">The request id that the reply carries.</param>
/// <param name="responseAddress">Where the reply goes. Absent when the event has no sender.</param>
internal class EventWorkItem<T>(
    LockStateMachine machine, Event<T> @event, InProcessScheduler scheduler, T message, string key, Guid lockId,
    Guid? requestId = null, Uri? responseAddress = null) : WorkItem(lockId, scheduler)
    where T : class
{
    /// <inheritdoc/>
    public override string Name => typeof(T).Name;

    /// <inheritdoc/>
    public override Guid? RequestId => requestId;

    /// <inheritdoc/>
    public override Guid? LeaseId => (message as AcquireLock)?.LeaseId;

    /// <inheritdoc/>
    public override ConsumeContext? Origin => null;

    /// <inheritdoc/>
    protected override AcquireLock? Acquire => message as AcquireLock;

    /// <inheritdoc/>
    protected override ReplyTo? Sender => responseAddress is null ? null : new ReplyTo(responseAddress, requestId);

    protected override Task RaiseAsync(CommitGroup group) =>
        ((StateMachine<LockSaga>)machine).RaiseEvent(
            new EventContext<T>(machine, @event, group.FindOrAdd(LockId, key), message, this, requestId, responseAddress));
}
