using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace Locks.Coordinator.Saga;

/// <summary>
/// Goes where the decision leads: held, with the timer set to what is due next, if anything is, or free, with no timer.
/// </summary>
/// <remarks>
/// One activity instead of conditions around MassTransit's own <c>Schedule</c>, <c>Unschedule</c> and <c>TransitionTo</c>, which would cost
/// several times what the decision does: four events about states that are left and entered, to which nobody listens, and a search of the
/// message's headers.
/// </remarks>
internal sealed class TransitionAndSchedule<T>(LockStateMachine machine) : IStateMachineActivity<LockSaga, T>
    where T : class
{
    private readonly IStateAccessor<LockSaga> _state = machine.Accessor;

    public async Task Execute(BehaviorContext<LockSaga, T> context, IBehavior<LockSaga, T> next)
    {
        var decision = context.Saga.Decision;
        if (!decision.LeavesHeld)
            await CallTimerOffAsync(context).ConfigureAwait(false);
        // A timer that went off too early is gone: it is set again although nothing has moved.
        else if (decision.MovesDueTime || context.Message is LeaseExpired)
            await SetTimerAsync(context, decision.After).ConfigureAwait(false);

        await _state.Set(context, machine.StateOf(decision.After)).ConfigureAwait(false);
        await next.Execute(context).ConfigureAwait(false);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<LockSaga, T, TException> context, IBehavior<LockSaga, T> next)
        where TException : Exception =>
        next.Faulted(context);

    /// <summary>Shows where it may lead.</summary>
    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this, _ =>
    {
        new TransitionActivity<LockSaga>((State<LockSaga>)machine.Held, _state).Accept(visitor);
        new TransitionActivity<LockSaga>((State<LockSaga>)machine.Free, _state).Accept(visitor);
    });

    public void Probe(ProbeContext context) => context.CreateScope("settle");

    private static async Task SetTimerAsync(BehaviorContext<LockSaga, T> context, LockState state)
    {
        var before = context.Saga.ExpiryTokenId;
        if (state.DueAt is not { } due)
        {
            await CallTimerOffAsync(context).ConfigureAwait(false);
            return;
        }

        var scheduler = context.GetPayload<MessageSchedulerContext>();
        var timer = await scheduler.ScheduleSend(due.UtcDateTime, new LeaseExpired(state.Key, state.LastFence)).ConfigureAwait(false);
        context.Saga.ExpiryTokenId = timer.TokenId;
        if (before is { } former && !IsGone(context, former))
            await scheduler.CancelScheduledSend(context.ReceiveContext.InputAddress, former).ConfigureAwait(false);
    }

    private static async Task CallTimerOffAsync(BehaviorContext<LockSaga, T> context)
    {
        if (context.Saga.ExpiryTokenId is not { } timer || IsGone(context, timer))
            return;

        await context.GetPayload<MessageSchedulerContext>()
            .CancelScheduledSend(context.ReceiveContext.InputAddress, timer)
            .ConfigureAwait(false);
        context.Saga.ExpiryTokenId = null;
    }

    /// <summary>Whether the timer is the one that has sent the message.</summary>
    private static bool IsGone(BehaviorContext<LockSaga, T> context, Guid timer) =>
        context.Message is LeaseExpired && context.GetSchedulingTokenId() == timer;
}
