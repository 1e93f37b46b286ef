using Locks.Contracts;
using Locks.Coordinator.Domain.Leases;
using MassTransit;

namespace Locks.Coordinator.Saga.Leases;

/// <summary>The verbs of <see cref="LeaseStateMachine"/>.</summary>
internal static class LeaseActivities
{
    /// <summary>Lets the rules decide, and makes their decision the saga's.</summary>
    public static EventActivityBinder<LeaseSaga, T> Decide<T>(this EventActivityBinder<LeaseSaga, T> binder, CoordinatorClock clock)
        where T : class =>
        binder.Then(context =>
        {
            var decision = LeaseRules.Decide(context.Saga.Lease, LeaseRequests.From(context), clock.Now);
            context.Saga.Apply(decision);
            context.AddOrUpdatePayload(() => decision, _ => decision);
        });

    /// <summary>Goes where the decision leads. Only a lease that lives has a timer; one that is unknown stays so.</summary>
    public static EventActivityBinder<LeaseSaga, T> Settle<T>(this EventActivityBinder<LeaseSaga, T> binder, LeaseStateMachine machine)
        where T : class =>
        binder
            .If(InStage<T>(LeaseStage.Active), active => active.SetTimer(machine.Due).TransitionTo(machine.Active))
            .If(InStage<T>(LeaseStage.Ending), ending => ending.Unschedule(machine.Due).TransitionTo(machine.Ending))
            .If(InStage<T>(LeaseStage.Ended), ended => ended.Unschedule(machine.Due).TransitionTo(machine.Ended));

    /// <summary>Tells everybody concerned, after the commit.</summary>
    public static EventActivityBinder<LeaseSaga, T> Announce<T>(this EventActivityBinder<LeaseSaga, T> binder, LeaseReplyMapper announcement)
        where T : class =>
        binder.ThenAsync(context => announcement.SendAsync(context, context.Decision()));

    /// <summary>Passes a batch of the locks on it to who waits for them, and notes whether any are left.</summary>
    public static EventActivityBinder<LeaseSaga, LeaseDue> PassLocksOn(this EventActivityBinder<LeaseSaga, LeaseDue> binder, LeaseReleaseProcessor locks) =>
        binder.ThenAsync(async context =>
        {
            var progress = await locks.PassOnAsync(context, context.Saga.CorrelationId).ConfigureAwait(false);
            context.AddOrUpdatePayload(() => progress, _ => progress);
        });

    private static EventActivityBinder<LeaseSaga, T> SetTimer<T>(
        this EventActivityBinder<LeaseSaga, T> binder, Schedule<LeaseSaga, LeaseDue> timer)
        where T : class =>
        binder.If(
            // A timer that went off too early is gone: it is set again although nothing has moved.
            context => context.Decision() is var decision && (decision.After.DueAt != decision.Before.DueAt || context.Message is LeaseDue),
            moved => moved.Schedule(
                timer,
                context => new LeaseDue(context.Saga.CorrelationId),
                context => context.Saga.Lease.DueAt!.Value.UtcDateTime));

    private static StateMachineCondition<LeaseSaga, T> InStage<T>(LeaseStage stage)
        where T : class =>
        context => context.Saga.Lease.Stage == stage;

    private static LeaseDecision Decision<T>(this BehaviorContext<LeaseSaga, T> context)
        where T : class =>
        context.GetPayload<LeaseDecision>();
}
