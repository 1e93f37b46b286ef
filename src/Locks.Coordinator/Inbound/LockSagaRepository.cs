using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using MassTransit;
using MassTransit.Saga;

namespace Locks.Coordinator.Inbound;

/// <summary>
/// MassTransit's way into the pipeline: each message of its own becomes a work item, which MassTransit's saga pipe runs when it is the item's
/// turn. So a single message shares its read and its commit with whatever else the partition has to do just then.
/// </summary>
internal sealed class LockSagaRepository(ILockStore store, InProcessScheduler scheduler, PartitionWorkers workers) : SagaRepository<LockSaga>
{
    public override void Probe(ProbeContext context) => context.Add("persistence", store.GetType().Name);

    public override async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<LockSaga, T>> next)
    {
        var set = new WorkSet(context.ResponseAddress);
        set.Add(new MessageWorkItem<T>(context, next, scheduler, LockKey.ToId(CommandCatalogue.KeyOf(context.Message))));
        await set.ExecuteAsync(context, workers).ConfigureAwait(false);
    }

    protected override async Task<LockSaga?> LoadAsync(Guid correlationId, CancellationToken cancellationToken)
    {
        var stored = await store.LoadAsync([correlationId], cancellationToken).ConfigureAwait(false);
        return stored.Count == 0 ? null : CommitGroup.ToSaga(stored[0]);
    }

    private sealed class MessageWorkItem<T>(
        ConsumeContext<T> context, IPipe<SagaRepositoryContext<LockSaga, T>> next, InProcessScheduler scheduler, Guid lockId) :
        WorkItem(lockId, scheduler)
        where T : class
    {
        public override string Name => typeof(T).Name;

        public override Guid? LeaseId => (context.Message as AcquireLock)?.LeaseId;

        public override ConsumeContext? Origin => context;

        protected override AcquireLock? Acquire => context.Message as AcquireLock;

        protected override Task RaiseAsync(CommitGroup group)
        {
            context.AddOrUpdatePayload<ILockEffects>(() => this, _ => this);
            return next.Send(new GroupContext<T>(context, group));
        }
    }

    /// <summary>Finds the saga in the commit group, which stores it.</summary>
    private sealed class GroupContext<T>(ConsumeContext<T> context, CommitGroup group) : SagaContext<LockSaga, T>(context)
        where T : class
    {
        protected override void AddInstance(LockSaga instance) => group.Add(instance);

        protected override Task<LockSaga?> LoadInstanceAsync(Guid correlationId) => Task.FromResult(group.Find(correlationId));
    }
}
