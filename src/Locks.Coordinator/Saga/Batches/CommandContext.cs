using Locks.Coordinator.Domain;
using MassTransit;
using MassTransit.Context;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>
/// One command of a batch as if it were a message: who asked, and under which request, is the command's and not the batch's. What the state
/// machine looks for and leaves here on each event has its place, and needs no search.
/// </summary>
internal sealed class CommandContext<T>(
    ConsumeContext batch, LockSaga saga, T command, CommandWork work, MessageSchedulerContext scheduler, SharedLease? lease) :
    DefaultSagaConsumeContext<LockSaga, T>(new MessageConsumeContext<T>(batch, command), saga)
    where T : class
{
    private Decision? _decision;

    public override Guid? RequestId => work.RequestId;

    public override Uri? ResponseAddress => work.Asker;

    public override bool TryGetPayload<TPayload>(out TPayload payload)
    {
        if (Own<TPayload>() is { } own)
        {
            payload = own;
            return true;
        }

        return base.TryGetPayload(out payload);
    }

    public override TPayload AddOrUpdatePayload<TPayload>(PayloadFactory<TPayload> addFactory, UpdatePayloadFactory<TPayload> updateFactory)
    {
        if (typeof(TPayload) != typeof(Decision))
            return base.AddOrUpdatePayload(addFactory, updateFactory);

        var payload = addFactory();
        _decision = payload as Decision;
        return payload;
    }

    private TPayload? Own<TPayload>()
        where TPayload : class =>
        typeof(TPayload) == typeof(Decision) ? _decision as TPayload
        : typeof(TPayload) == typeof(CommandWork) ? work as TPayload
        : typeof(TPayload) == typeof(MessageSchedulerContext) ? scheduler as TPayload
        : typeof(TPayload) == typeof(SharedLease) ? lease as TPayload
        : null;
}
