using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Liveness;
using Locks.Coordinator.Saga.Batches;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>The verbs of <see cref="LockStateMachine"/>.</summary>
internal static class LockActivities
{
    /// <summary>Lets the rules decide, and makes their decision the saga's.</summary>
    public static EventActivityBinder<LockSaga, T> Decide<T>(
        this EventActivityBinder<LockSaga, T> binder, LockRules rules, CoordinatorClock clock, SessionLiveness? sessions)
        where T : class
    {
        Func<Waiter, bool>? isSilent = sessions is null ? null : sessions.IsSilent;
        return binder.Then(context =>
        {
            if (context.Message is AcquireLock { Wait: not null, ClientId: { } clientId })
                sessions?.Hear(clientId);

            context.Saga.Apply(rules.Decide(context.Saga.Lock, LockRequests.From(context), clock.Now, isSilent));
            sessions?.Observe(context.Saga.Decision);
            ShowToObservers(context, context.Saga.Decision);
        });
    }

    /// <summary>
    /// Goes where the decision leads: held, with the timer set to what is due next, if anything is, or free, with no timer.
    /// </summary>
    public static EventActivityBinder<LockSaga, T> Settle<T>(this EventActivityBinder<LockSaga, T> binder, LockStateMachine machine)
        where T : class =>
        binder.Add(new TransitionAndSchedule<T>(machine));

    /// <summary>Tells everybody concerned. The replies leave after the commit: the endpoint's outbox holds them back until then.</summary>
    public static EventActivityBinder<LockSaga, T> Announce<T>(this EventActivityBinder<LockSaga, T> binder)
        where T : class =>
        binder.ThenAsync(context => ReplyMapper.SendAsync(context, context.Saga.Decision));

    /// <summary>Observers of the state machine find the decision in the context; in a command's it has its place.</summary>
    private static void ShowToObservers<T>(BehaviorContext<LockSaga, T> context, Decision decision)
        where T : class
    {
        if (context is not CommandContext<T>)
            context.AddOrUpdatePayload(() => decision, _ => decision);
    }
}
