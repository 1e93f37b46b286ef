using Locks.Contracts;
using Locks.Coordinator.Clocks;
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

    /// <summary>
    /// Sets the timer of a lease that lives, cancels that of one that has ended, and enters the state that the decision leads to. A decision
    /// that leads to none of these states, and does not stay in its own, is a defect and fails.
    /// </summary>
    public static EventActivityBinder<LeaseSaga, T> LeadTo<T>(
        this EventActivityBinder<LeaseSaga, T> binder, LeaseStateMachine machine, params State[] states)
        where T : class =>
        binder
            .If(MovesTimer, moved => moved.Schedule(
                machine.Due,
                context => new LeaseDue(context.Saga.Lease.Id),
                context => context.Saga.Lease.DueAt!.Value.UtcDateTime))
            .If(context => context.Saga.Lease.Stage is LeaseStage.Ending or LeaseStage.Ended, over => over.Unschedule(machine.Due))
            .Add(new LeaseTransition<T>(machine, states));

    /// <summary>Sends the replies that the decision calls for, once it is committed.</summary>
    public static EventActivityBinder<LeaseSaga, T> SendReplies<T>(this EventActivityBinder<LeaseSaga, T> binder, LeaseReplyMapper mapper)
        where T : class =>
        binder.ThenAsync(async context =>
        {
            var (decision, effects) = (context.Saga.Decision!, context.GetPayload<ILeaseEffects>());
            foreach (var outcome in decision.Outcomes)
            {
                if (await mapper.ReplyForAsync(decision.After.Id, outcome, context).ConfigureAwait(false) is var (to, reply))
                    effects.Reply(to, reply);
            }
        });

    /// <summary>Releases a batch of the locks on the lease, and notes whether any are left.</summary>
    public static EventActivityBinder<LeaseSaga, LeaseDue> ReleaseLocks(
        this EventActivityBinder<LeaseSaga, LeaseDue> binder, ILeaseLocks locks) =>
        binder.ThenAsync(async context =>
        {
            var progress = await locks.ReleaseBatchAsync(context, context.Saga.Lease.Id).ConfigureAwait(false);
            context.AddOrUpdatePayload(() => progress, _ => progress);
        });

    /// <summary>A timer that went off too early is gone. It is set again although nothing has moved.</summary>
    private static bool MovesTimer<T>(BehaviorContext<LeaseSaga, T> context)
        where T : class =>
        context.Saga.Decision is { After: { Stage: LeaseStage.Active } after } decision
        && (after.DueAt != decision.Before.DueAt || context.Message is LeaseDue);
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
