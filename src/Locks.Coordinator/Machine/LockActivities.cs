using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>The verbs of <see cref="LockStateMachine"/>.</summary>
internal static class LockActivities
{
    /// <summary>Has the rules decide, and makes their decision the saga's.</summary>
    public static EventActivityBinder<LockSaga, T> Decide<T>(this EventActivityBinder<LockSaga, T> binder, Decider decider)
        where T : class =>
        binder.Then(context => context.Saga.Apply(decider.Decide(context)));

    /// <summary>
    /// Enters the state that the decision leads to, and sets the timer to what is due next. A decision that leads to none of these states,
    /// and does not stay in its own, is a defect and fails.
    /// </summary>
    public static EventActivityBinder<LockSaga, T> LeadTo<T>(
        this EventActivityBinder<LockSaga, T> binder, LockStateMachine machine, params State[] states)
        where T : class =>
        binder.Add(new TransitionAndSchedule<T>(machine, states));

    /// <summary>Sends the replies that the decision calls for, once it is committed.</summary>
    public static EventActivityBinder<LockSaga, T> SendReplies<T>(this EventActivityBinder<LockSaga, T> binder)
        where T : class =>
        binder.ThenAsync(static async context =>
        {
            var (decision, effects) = (context.Saga.Decision!, LockEffects.Of(context));
            foreach (var outcome in decision.Outcomes)
            {
                if (ReplyMapper.ReplyFor(decision, outcome) is var (to, reply))
                    await effects.ReplyAsync(to, reply).ConfigureAwait(false);
            }
        });
}
