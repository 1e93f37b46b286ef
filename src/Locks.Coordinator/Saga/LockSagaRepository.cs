using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Saga.Repository;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using MassTransit;
using MassTransit.Saga;

namespace Locks.Coordinator.Saga;

/// <summary>The stored locks, as MassTransit's saga repository. A message shares its unit of work with whatever its worker has to do just then.</summary>
internal sealed class LockSagaRepository(ILockStore store, CoordinatorClock clock, InProcessScheduler timer, PartitionWorkers workers) :
    UnitOfWorkRepository<LockSaga>(timer)
{
    public override void Probe(ProbeContext context) => context.Add("persistence", store.GetType().Name);

    protected override IUnitOfWork<LockSaga> Begin() => new LockUnitOfWork(store, clock);

    protected override async Task SendAsync<T>(
        ConsumeContext<T> context, IPipe<SagaRepositoryContext<LockSaga, T>> next, DeferredSchedules timers)
    {
        var work = new MessageWorkItem<T>(context, next, timers, LockMessages.IdOf(context.Message));
        workers.Post(work);
        await work.Done.ConfigureAwait(false);
    }
}
