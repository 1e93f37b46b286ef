using Locks.Coordinator.Storage;
using Locks.Coordinator.Timers;
using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Saga;

namespace Locks.Coordinator.Saga;

/// <summary>
/// MassTransit's door to the stored locks: gives each message a unit of work of its own, committed when the state machine is done with it.
/// </summary>
internal sealed class LockSagaRepositoryContextFactory(ILockStore store, CoordinatorClock clock, LeaseTimer timer) :
    ISagaRepositoryContextFactory<LockSaga>,
    ILoadSagaRepositoryContextFactory<LockSaga>
{
    public void Probe(ProbeContext context) => context.Add("persistence", store.GetType().Name);

    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<LockSaga, T>> next)
        where T : class
    {
        var timers = new PendingTimers(timer);
        timers.Serve(context);
        return next.Send(new LockSagaRepositoryContext<T>(context, new LockUnitOfWork(store, clock), timers));
    }

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<LockSaga> query, IPipe<SagaRepositoryQueryContext<LockSaga, T>> next)
        where T : class =>
        throw new NotSupportedException("Locks are found by their key, never by a query.");

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<LockSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        asyncMethod(new LoadContext(new LockUnitOfWork(store, clock), cancellationToken));

    private sealed class LoadContext(LockUnitOfWork work, CancellationToken cancellationToken) :
        BasePipeContext(cancellationToken), LoadSagaRepositoryContext<LockSaga>
    {
        public async Task<LockSaga> Load(Guid correlationId) =>
            (await work.LoadAsync(correlationId, CancellationToken).ConfigureAwait(false))!;
    }
}

/// <summary>One message's way through the repository.</summary>
internal sealed class LockSagaRepositoryContext<T>(ConsumeContext<T> context, LockUnitOfWork work, PendingTimers timers) :
    ConsumeContextScope<T>(context),
    SagaRepositoryContext<LockSaga, T>
    where T : class
{
    private readonly ConsumeContext<T> _context = context;

    public Task<SagaConsumeContext<LockSaga, T>> Add(LockSaga instance)
    {
        work.Add(instance);
        return CreateSagaConsumeContext(_context, instance, SagaConsumeContextMode.Add);
    }

    /// <summary>Never inserts ahead of the event: a lock that nothing happens to is not stored.</summary>
    public Task<SagaConsumeContext<LockSaga, T>> Insert(LockSaga instance) => Task.FromResult<SagaConsumeContext<LockSaga, T>>(null!);

    public async Task<SagaConsumeContext<LockSaga, T>> Load(Guid correlationId)
    {
        var saga = await work.LoadAsync(correlationId, CancellationToken).ConfigureAwait(false);
        return saga is null ? null! : await CreateSagaConsumeContext(_context, saga, SagaConsumeContextMode.Load).ConfigureAwait(false);
    }

    public async Task Save(SagaConsumeContext<LockSaga> context)
    {
        await work.CommitAsync(CancellationToken).ConfigureAwait(false);
        timers.TakeEffect();
    }

    public Task Update(SagaConsumeContext<LockSaga> context) => Save(context);

    public Task Delete(SagaConsumeContext<LockSaga> context) =>
        throw new NotSupportedException("A lock's saga never completes: it would take the fencing token with it.");

    public Task Discard(SagaConsumeContext<LockSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<LockSaga> context) => Task.CompletedTask;

    public Task<SagaConsumeContext<LockSaga, TMessage>> CreateSagaConsumeContext<TMessage>(
        ConsumeContext<TMessage> consumeContext, LockSaga instance, SagaConsumeContextMode mode)
        where TMessage : class =>
        Task.FromResult<SagaConsumeContext<LockSaga, TMessage>>(new DefaultSagaConsumeContext<LockSaga, TMessage>(consumeContext, instance));
}
