using Locks.Coordinator.Domain;
using MassTransit;
using MassTransit.Context;
using MassTransit.Initializers;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>
/// One command of a batch as the event that the state machine behaves on. Who asked, and under which request, is the command's and not the
/// batch's; and what the state machine and its observers look for here on each event has its place, and needs no search.
/// </summary>
internal sealed class CommandContext<T>(
    LockStateMachine machine, Event<T> @event, LockSaga saga, T command, CommandWorkItem work, MessageSchedulerContext scheduler, SharedLease? lease) :
    DefaultSagaConsumeContext<LockSaga, T>(new MessageConsumeContext<T>(work.InBatch.Context, command), saga), BehaviorContext<LockSaga, T>
    where T : class
{
    public override Guid? RequestId => work.RequestId;

    public override Uri? ResponseAddress => work.Asker;

    public StateMachine<LockSaga> StateMachine => machine;

    public Event<T> Event => @event;

    Event BehaviorContext<LockSaga>.Event => @event;

    LockSaga BehaviorContext<LockSaga>.Instance => Saga;

    T BehaviorContext<LockSaga, T>.Data => Message;

    public override bool TryGetPayload<TPayload>(out TPayload payload)
    {
        if (Own<TPayload>() is { } own)
        {
            payload = own;
            return true;
        }

        return base.TryGetPayload(out payload);
    }

    public Task Raise(Event raised) => StateMachine.RaiseEvent(CreateProxy(raised));

    public Task Raise<TData>(Event<TData> raised, TData data)
        where TData : class =>
        StateMachine.RaiseEvent(CreateProxy(raised, data));

    public BehaviorContext<LockSaga> CreateProxy(Event raised) =>
        new MassTransitStateMachine<LockSaga>.BehaviorContextProxy(machine, this, raised);

    public BehaviorContext<LockSaga, TData> CreateProxy<TData>(Event<TData> raised, TData data)
        where TData : class =>
        new MassTransitStateMachine<LockSaga>.BehaviorContextProxy<TData>(machine, this, new MessageConsumeContext<TData>(this, data), raised);

    Task<SendTuple<TMessage>> BehaviorContext<LockSaga>.Init<TMessage>(object values) =>
        MessageInitializerCache<TMessage>.InitializeMessage(this, values);

    Task<SendTuple<TMessage>> BehaviorContext<LockSaga, T>.Init<TMessage>(object values) =>
        MessageInitializerCache<TMessage>.InitializeMessage(this, values);

    private TPayload? Own<TPayload>()
        where TPayload : class =>
        typeof(TPayload) == typeof(CommandWorkItem) ? work as TPayload
        : typeof(TPayload) == typeof(MessageSchedulerContext) ? scheduler as TPayload
        : typeof(TPayload) == typeof(SharedLease) ? lease as TPayload
        : typeof(TPayload) == typeof(Decision) ? Saga.Decision as TPayload
        : null;
}
