using Locks.Coordinator.Scheduling;
using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Saga;

namespace Locks.Coordinator.Saga.Repository;

/// <summary>
/// MassTransit's door to stored sagas: gives each message a unit of work, by default one of its own, committed when the state machine is done with it.
/// </summary>
internal abstract class UnitOfWorkRepository<TSaga>(InProcessScheduler timer) :
    ISagaRepositoryContextFactory<TSaga>,
    ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
{
    public abstract void Probe(ProbeContext context);

    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class
    {
        var timers = new DeferredSchedules(timer);
        timers.Serve(context);
        await SendAsync(context, next, timers).ConfigureAwait(false);
    }

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        throw new NotSupportedException("Locks and leases are found by their names, never by a query.");

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        asyncMethod(new LoadContext(Begin(), cancellationToken));

    /// <summary>Opens a unit of work.</summary>
    protected abstract IUnitOfWork<TSaga> Begin();

    /// <summary>Gives a message its unit of work.</summary>
    protected virtual Task SendAsync<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next, DeferredSchedules timers)
        where T : class =>
        next.Send(new UnitOfWorkContext<TSaga, T>(context, Begin(), timers.TakeEffect));

    private sealed class LoadContext(IUnitOfWork<TSaga> work, CancellationToken cancellationToken) :
        BasePipeContext(cancellationToken), LoadSagaRepositoryContext<TSaga>
    {
        public async Task<TSaga> Load(Guid correlationId) =>
            (await work.LoadAsync(correlationId, CancellationToken).ConfigureAwait(false))!;
    }
}

/// <summary>One message's way through the repository.</summary>
internal sealed class UnitOfWorkContext<TSaga, T>(ConsumeContext<T> context, IUnitOfWork<TSaga> work, Action? onCommitted) :
    ConsumeContextScope<T>(context),
    SagaRepositoryContext<TSaga, T>
    where TSaga : class, ISaga
    where T : class
{
    private readonly ConsumeContext<T> _context = context;

    public Task<SagaConsumeContext<TSaga, T>> Add(TSaga instance)
    {
        work.Add(instance);
        return CreateSagaConsumeContext(_context, instance, SagaConsumeContextMode.Add);
    }

    /// <summary>Never inserts ahead of the event: a saga that nothing happens to is not stored.</summary>
    public Task<SagaConsumeContext<TSaga, T>> Insert(TSaga instance) => Task.FromResult<SagaConsumeContext<TSaga, T>>(null!);

    public async Task<SagaConsumeContext<TSaga, T>> Load(Guid correlationId)
    {
        var saga = await work.LoadAsync(correlationId, CancellationToken).ConfigureAwait(false);
        return saga is null ? null! : await CreateSagaConsumeContext(_context, saga, SagaConsumeContextMode.Load).ConfigureAwait(false);
    }

    public async Task Save(SagaConsumeContext<TSaga> context)
    {
        await work.CommitAsync(CancellationToken).ConfigureAwait(false);
        onCommitted?.Invoke();
    }

    public Task Update(SagaConsumeContext<TSaga> context) => Save(context);

    public Task Delete(SagaConsumeContext<TSaga> context) =>
        throw new NotSupportedException("The saga of a lock or a lease never completes: it would take what it remembers with it.");

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task<SagaConsumeContext<TSaga, TMessage>> CreateSagaConsumeContext<TMessage>(
        ConsumeContext<TMessage> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where TMessage : class =>
        Task.FromResult<SagaConsumeContext<TSaga, TMessage>>(new DefaultSagaConsumeContext<TSaga, TMessage>(consumeContext, instance));
}
