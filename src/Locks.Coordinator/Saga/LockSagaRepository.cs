using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga.Repository;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Timers;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>The stored locks, as MassTransit's saga repository.</summary>
internal sealed class LockSagaRepository(ILockStore store, CoordinatorClock clock, LeaseTimer timer) : UnitOfWorkRepository<LockSaga>(timer)
{
    public override void Probe(ProbeContext context) => context.Add("persistence", store.GetType().Name);

    protected override IUnitOfWork<LockSaga> Begin() => new LockUnitOfWork(store, clock);

    /// <summary>An acquire on a shared lease is decided knowing the lease; whether it still lives at the commit, the store makes sure.</summary>
    protected override async Task PrepareAsync<T>(ConsumeContext<T> context)
    {
        if (context.Message is not AcquireLock { LeaseId: { } leaseId })
            return;

        var stored = await store.Leases.LoadAsync([leaseId], context.CancellationToken).ConfigureAwait(false);
        var lease = stored.Count == 0 ? SharedLease.NotFound(leaseId) : stored[0].State.AsSeenByLocks();
        context.AddOrUpdatePayload(() => lease, _ => lease);
    }
}
