using Locks.Contracts;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Saga.Repository;
using Locks.Coordinator.Scheduling;
using MassTransit;
using MassTransit.Saga;

namespace Locks.Coordinator.Pipeline;

/// <summary>A message of its own on its way through a worker, driven by MassTransit's saga pipeline. Its replies wait in its outbox.</summary>
internal sealed class MessageWorkItem<T>(
    ConsumeContext<T> context, IPipe<SagaRepositoryContext<LockSaga, T>> next, DeferredSchedules timers, Guid lockId) :
    WorkItem(lockId)
    where T : class
{
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when what has come of the message is stored.</summary>
    public Task Done => _stored.Task;

    /// <summary>Whether the lease still lives at the commit, the store makes sure.</summary>
    public override Guid? LeaseId => (context.Message as AcquireLock)?.LeaseId;

    public override Task RunAsync(CommitGroup group)
    {
        if (LeaseId is { } leaseId && group.Lease(leaseId) is var lease)
            context.AddOrUpdatePayload(() => lease, _ => lease);
        return next.Send(new UnitOfWorkContext<LockSaga, T>(context, group, onCommitted: null));
    }

    public override void Stored(ReplyBuffer answers)
    {
        timers.TakeEffect();
        _stored.TrySetResult();
    }

    public override void Failed(Exception exception, ReplyBuffer answers) => _stored.TrySetException(exception);
}
