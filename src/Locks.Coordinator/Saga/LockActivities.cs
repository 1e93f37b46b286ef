using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Sessions;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>The verbs of <see cref="LockStateMachine"/>.</summary>
internal static class LockActivities
{
    /// <summary>Lets the rules decide, and makes their decision the saga's.</summary>
    public static EventActivityBinder<LockSaga, T> Decide<T>(
        this EventActivityBinder<LockSaga, T> binder, LockRules rules, CoordinatorClock clock, ClientSessions? sessions)
        where T : class
    {
        Func<Waiter, bool>? isSilent = sessions is null ? null : sessions.IsSilent;
        return binder.Then(context =>
        {
            if (context.Message is AcquireLock { Wait: not null, ClientId: { } clientId })
                sessions?.Hear(clientId);

            var decision = rules.Decide(context.Saga.Lock, LockRequests.From(context), clock.Now, isSilent);
            context.Saga.Apply(decision);
            context.AddOrUpdatePayload(() => decision, _ => decision);
            sessions?.Observe(decision);
        });
    }

    /// <summary>
    /// Goes where the decision leads: held, with the timer set to what is due next, if anything is, or free, with no timer.
    /// </summary>
    public static EventActivityBinder<LockSaga, T> Settle<T>(this EventActivityBinder<LockSaga, T> binder, LockStateMachine machine)
        where T : class =>
        binder.IfElse(
            context => context.Decision().LeavesHeld,
            held => held.SetTimer(machine.Expiry).TransitionTo(machine.Held),
            free => free.Unschedule(machine.Expiry).TransitionTo(machine.Free));

    /// <summary>Tells everybody concerned. The replies leave after the commit: the endpoint's outbox holds them back until then.</summary>
    public static EventActivityBinder<LockSaga, T> Announce<T>(this EventActivityBinder<LockSaga, T> binder)
        where T : class =>
        binder.ThenAsync(context => Announcement.SendAsync(context, context.Decision()));

    private static EventActivityBinder<LockSaga, T> SetTimer<T>(
        this EventActivityBinder<LockSaga, T> binder, Schedule<LockSaga, LeaseExpired> timer)
        where T : class =>
        binder.If(
            // A timer that went off too early is gone: it is set again although nothing has moved.
            context => context.Decision().MovesDueTime || context.Message is LeaseExpired,
            moved => moved.IfElse(
                context => context.Saga.Lock.DueAt is not null,
                due => due.Schedule(
                    timer,
                    context => new LeaseExpired(context.Saga.Lock.Key, context.Saga.Lock.LastFence),
                    context => context.Saga.Lock.DueAt!.Value.UtcDateTime),
                onSharedLease => onSharedLease.Unschedule(timer)));

    private static Decision Decision<T>(this BehaviorContext<LockSaga, T> context)
        where T : class =>
        context.GetPayload<Decision>();
}
