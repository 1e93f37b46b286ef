using Locks.Coordinator.Saga.Lanes;
using Locks.Coordinator.Saga.Repository;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Timers;
using MassTransit;
using MassTransit.Saga;

namespace Locks.Coordinator.Saga;

/// <summary>The stored locks, as MassTransit's saga repository. A message shares its unit of work with whatever its lane has to do just then.</summary>
internal sealed class LockSagaRepository(ILockStore store, CoordinatorClock clock, LeaseTimer timer, LockLanes lanes) :
    UnitOfWorkRepository<LockSaga>(timer)
{
    public override void Probe(ProbeContext context) => context.Add("persistence", store.GetType().Name);

    protected override IUnitOfWork<LockSaga> Begin() => new LockUnitOfWork(store, clock);

    protected override async Task SendAsync<T>(
        ConsumeContext<T> context, IPipe<SagaRepositoryContext<LockSaga, T>> next, PendingTimers timers)
    {
        var work = new MessageWork<T>(context, next, timers, LockMessages.IdOf(context.Message));
        lanes.Post(work);
        await work.Done.ConfigureAwait(false);
    }
}
