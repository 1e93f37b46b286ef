using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>The verbs of <see cref="LeaseStateMachine"/>.</summary>
internal static class LeaseActivities
{
    /// <summary>Has the rules decide, and makes their decision the saga's.</summary>
    public static EventActivityBinder<LeaseSaga, T> Decide<T>(this EventActivityBinder<LeaseSaga, T> binder, CoordinatorClock clock)
        where T : class =>
        binder.Then(context => context.Saga.Apply(LeaseRules.Decide(context.Saga.Lease, LeaseRequests.From(context), clock.Now)));

    /// <summary>Enters the state that the decision leads to. Only a lease that lives has a timer; one that is unknown stays so.</summary>
    public static EventActivityBinder<LeaseSaga, T> TransitionAndSchedule<T>(
        this EventActivityBinder<LeaseSaga, T> binder, LeaseStateMachine machine)
        where T : class =>
        binder
            .If(InStage<T>(LeaseStage.Active), active => active.SetTimer(machine.Due).TransitionTo(machine.Active))
            .If(InStage<T>(LeaseStage.Ending), ending => ending.Unschedule(machine.Due).TransitionTo(machine.Ending))
            .If(InStage<T>(LeaseStage.Ended), ended => ended.Unschedule(machine.Due).TransitionTo(machine.Ended));

    /// <summary>Sends the replies that the decision calls for, once it is committed.</summary>
    public static EventActivityBinder<LeaseSaga, T> SendReplies<T>(this EventActivityBinder<LeaseSaga, T> binder, LeaseReplyMapper mapper)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var (decision, effects) = (context.Saga.Decision!, context.GetPayload<ILeaseEffects>());
            foreach (var outcome in decision.Outcomes)
            {
                if (await mapper.ReplyForAsync(decision.After.Id, outcome, context.CancellationToken).ConfigureAwait(false) is var (to, reply))
                    effects.Reply(to, reply);
            }
        });

    /// <summary>Releases a batch of the locks on the lease, and notes whether any are left.</summary>
    public static EventActivityBinder<LeaseSaga, LeaseDue> ReleaseLocks(
        this EventActivityBinder<LeaseSaga, LeaseDue> binder, ILeaseLocks locks) =>
        binder.ThenAsync(async context =>
        {
            var progress = await locks.ReleaseBatchAsync(context, context.Saga.CorrelationId).ConfigureAwait(false);
            context.AddOrUpdatePayload(() => progress, _ => progress);
        });

    private static EventActivityBinder<LeaseSaga, T> SetTimer<T>(
        this EventActivityBinder<LeaseSaga, T> binder, Schedule<LeaseSaga, LeaseDue> timer)
        where T : class =>
        binder.If(
            // A timer that went off too early is gone. It is set again although nothing has moved.
            context => context.Saga.Decision is { } decision && (decision.After.DueAt != decision.Before.DueAt || context.Message is LeaseDue),
            moved => moved.Schedule(
                timer,
                context => new LeaseDue(context.Saga.CorrelationId),
                context => context.Saga.Lease.DueAt!.Value.UtcDateTime));

    private static StateMachineCondition<LeaseSaga, T> InStage<T>(LeaseStage stage)
        where T : class =>
        context => context.Saga.Lease.Stage == stage;
}

/// <summary>The locks on a lease, as far as the lease's state machine needs them.</summary>
internal interface ILeaseLocks
{
    /// <summary>Releases the next batch of the locks on a lease that has ended.</summary>
    Task<ReleaseProgress> ReleaseBatchAsync(ConsumeContext context, Guid leaseId);

    /// <summary>Counts the locks on a lease.</summary>
    Task<int> CountAsync(Guid leaseId, CancellationToken cancellationToken);
}

/// <summary>How far the release of a lease's locks has come.</summary>
internal sealed record ReleaseProgress(bool IsDone);

/// <summary>Where the replies about a lease go: they leave when the decision is committed.</summary>
internal interface ILeaseEffects
{
    /// <summary>Sends a reply, or a message of the coordinator to itself.</summary>
    void Reply(ReplyTo to, object reply);
}
