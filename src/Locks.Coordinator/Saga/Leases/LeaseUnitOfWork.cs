using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga.Repository;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using MassTransit;

namespace Locks.Coordinator.Saga.Leases;

/// <summary>The stored leases, as MassTransit's saga repository.</summary>
internal sealed class LeaseSagaRepository(ILockStore store, CoordinatorClock clock, InProcessScheduler timer) : UnitOfWorkRepository<LeaseSaga>(timer)
{
    public override void Probe(ProbeContext context) => context.Add("persistence", store.GetType().Name);

    protected override IUnitOfWork<LeaseSaga> Begin() => new LeaseUnitOfWork(store.Leases, clock);
}

/// <summary>The leases that are worked on together.</summary>
internal sealed class LeaseUnitOfWork(ILeaseStore store, CoordinatorClock clock) : IUnitOfWork<LeaseSaga>
{
    private readonly Dictionary<Guid, LeaseSaga> _sagas = [];

    public async Task<LeaseSaga?> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (_sagas.TryGetValue(id, out var known))
            return known;

        var stored = await store.LoadAsync([id], cancellationToken).ConfigureAwait(false);
        return stored.Count == 0 ? null : _sagas[id] = ToSaga(stored[0]);
    }

    public void Add(LeaseSaga saga) => _sagas.Add(saga.CorrelationId, saga);

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var writes = _sagas.Values.Where(saga => saga.HasChanged).Select(saga => ToWrite(saga, now)).ToList();
        _sagas.Clear();
        if (writes.Count == 0)
            return;

        var refused = await store.CommitAsync(writes, cancellationToken).ConfigureAwait(false);
        if (refused.Count > 0)
            throw new LockConflictException(refused);
    }

    private static LeaseSaga ToSaga(StoredLease stored) => new()
    {
        CorrelationId = stored.State.Id,
        CurrentState = stored.State.Stage.ToString(),
        Version = stored.Version,
        DueTokenId = stored.DueTokenId,
        StoredDueTokenId = stored.DueTokenId,
        Lease = stored.State,
    };

    private static LeaseWrite ToWrite(LeaseSaga saga, DateTimeOffset now)
    {
        if (saga.CurrentState != saga.Lease.Stage.ToString())
            throw new LockInvariantException($"the state machine says {saga.CurrentState}, the lease is {saga.Lease.Stage}");

        return new LeaseWrite(saga.Version, LockWrite.VersionAfter(saga.Version, now), saga.Lease, saga.DueTokenId, now);
    }
}
