using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace Locks.Coordinator.Machine;

/// <summary>
/// Enters the state that the decision leads to, and sets the timer to what is due next; cancels it when nothing is.
/// </summary>
/// <remarks>
/// One activity instead of conditions around MassTransit's own <c>Schedule</c>, <c>Unschedule</c> and <c>TransitionTo</c>, which would cost
/// several times what the decision does: four events about states that are left and entered, which have no subscriber, and a search of the
/// message's headers.
/// </remarks>
internal sealed class TransitionAndSchedule<T>(LockStateMachine machine, State[] targets) : IStateMachineActivity<LockSaga, T>
    where T : class
{
    private readonly IStateAccessor<LockSaga> _state = machine.Accessor;

    public async Task Execute(BehaviorContext<LockSaga, T> context, IBehavior<LockSaga, T> next)
    {
        var decision = context.Saga.Decision!;
        var state = machine.StateOf(decision.After.Stage);
        RefuseAnEdgeThatIsNotThere(decision, state);

        // A timer that went off too early is gone. It is set again although nothing has moved.
        if (decision.MovesDueTime || decision.After.DueAt is null || context.Message is LeaseExpired)
            await SetTimerAsync(context, decision.After).ConfigureAwait(false);

        await _state.Set(context, state).ConfigureAwait(false);
        await next.Execute(context).ConfigureAwait(false);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<LockSaga, T, TException> context, IBehavior<LockSaga, T> next)
        where TException : Exception =>
        next.Faulted(context);

    /// <summary>Shows where the event may lead.</summary>
    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this, _ =>
    {
        foreach (var target in targets)
            new TransitionActivity<LockSaga>((State<LockSaga>)target, _state).Accept(visitor);
    });

    public void Probe(ProbeContext context) => context.CreateScope("transitionAndSchedule");

    /// <summary>
    /// An event that came after something was due has taken the edge of the expiry first, to an offer or a free lock; from there, only an
    /// acquire leads on, to a lock that is held.
    /// </summary>
    private void RefuseAnEdgeThatIsNotThere(Decision decision, State state)
    {
        var after = decision.After.Stage;
        if (after == decision.Before.Stage
            || Array.IndexOf(targets, state) >= 0
            || (decision.ExpiredFirst && (after is LockStage.Free or LockStage.Offered || typeof(T) == typeof(AcquireLock))))
            return;

        throw new LockInvariantException($"{typeof(T).Name} led from {decision.Before.Stage} to {after}, where the machine has no edge");
    }

    private static async Task SetTimerAsync(BehaviorContext<LockSaga, T> context, LockState state)
    {
        var former = context.Saga.ExpiryTokenId;
        if (state.DueAt is null && former is null)
            return;

        var effects = LockEffects.Of(context);
        context.Saga.ExpiryTokenId = state.DueAt is { } due
            ? await effects.SetTimerAsync(due, new LeaseExpired(state.Key, state.LastFence)).ConfigureAwait(false)
            : null;
        if (former is { } timer)
            await effects.CancelTimerAsync(timer).ConfigureAwait(false);
    }
}
