using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using MassTransit;
using MassTransit.Context;
using MassTransit.Initializers;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The context in which the state machine behaves on an <see cref="EventWorkItem{T}"/>, within that of the message that brought it. The
/// request id and the response address are the event's own. What the machine and its observers look for on each event has its place here,
/// and needs no search.
/// </summary>
internal sealed class EventContext<T>(
    LockStateMachine machine, Event<T> @event, LockSaga saga, T message, WorkItem item, Guid? requestId, Uri? responseAddress) :
    DefaultSagaConsumeContext<LockSaga, T>(new MessageConsumeContext<T>(item.Set.Context, message), saga),
    BehaviorContext<LockSaga, T>
    where T : class
{
    public override Guid? RequestId => requestId;

    public override Uri? ResponseAddress => responseAddress;

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
        typeof(TPayload) == typeof(ILockEffects) ? item as TPayload
        : typeof(TPayload) == typeof(Decision) ? Saga.Decision as TPayload
        : null;
}
