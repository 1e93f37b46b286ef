using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Saga;

namespace Locks.Coordinator.Inbound;

/// <summary>What the repositories of both sagas have in common: instances are found by their id alone.</summary>
internal abstract class SagaRepository<TSaga> : ISagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
{
    public abstract void Probe(ProbeContext context);

    public abstract Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class;

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        throw new NotSupportedException("Locks and leases are found by their ids, never by a query.");

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        asyncMethod(new LoadContext(this, cancellationToken));

    protected abstract Task<TSaga?> LoadAsync(Guid correlationId, CancellationToken cancellationToken);

    private sealed class LoadContext(SagaRepository<TSaga> repository, CancellationToken cancellationToken) :
        BasePipeContext(cancellationToken), LoadSagaRepositoryContext<TSaga>
    {
        public async Task<TSaga> Load(Guid correlationId) =>
            (await repository.LoadAsync(correlationId, CancellationToken).ConfigureAwait(false))!;
    }
}

/// <summary>What MassTransit asks while it handles a message for a saga. Nothing is stored here: the repository does so afterwards.</summary>
internal abstract class SagaContext<TSaga, T>(ConsumeContext<T> context) : ConsumeContextScope<T>(context), SagaRepositoryContext<TSaga, T>
    where TSaga : class, ISaga
    where T : class
{
    private readonly ConsumeContext<T> _context = context;

    public Task<SagaConsumeContext<TSaga, T>> Add(TSaga instance)
    {
        AddInstance(instance);
        return CreateSagaConsumeContext(_context, instance, SagaConsumeContextMode.Add);
    }

    /// <summary>Never inserts ahead of the event: a saga that no event has changed is not stored.</summary>
    public Task<SagaConsumeContext<TSaga, T>> Insert(TSaga instance) => Task.FromResult<SagaConsumeContext<TSaga, T>>(null!);

    public async Task<SagaConsumeContext<TSaga, T>> Load(Guid correlationId)
    {
        var saga = await LoadInstanceAsync(correlationId).ConfigureAwait(false);
        return saga is null ? null! : await CreateSagaConsumeContext(_context, saga, SagaConsumeContextMode.Load).ConfigureAwait(false);
    }

    public Task Save(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Update(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Delete(SagaConsumeContext<TSaga> context) =>
        throw new NotSupportedException("The saga of a lock or a lease never completes: it would take what it remembers with it.");

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task<SagaConsumeContext<TSaga, TMessage>> CreateSagaConsumeContext<TMessage>(
        ConsumeContext<TMessage> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where TMessage : class =>
        Task.FromResult<SagaConsumeContext<TSaga, TMessage>>(new DefaultSagaConsumeContext<TSaga, TMessage>(consumeContext, instance));

    protected abstract void AddInstance(TSaga instance);

    protected abstract Task<TSaga?> LoadInstanceAsync(Guid correlationId);
}
