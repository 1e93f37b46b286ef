using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace Locks.Coordinator.Machine;

/// <summary>Enters the state that the decision leads to, if the machine has an edge there.</summary>
internal sealed class LeaseTransition<T>(LeaseStateMachine machine, State[] targets) : IStateMachineActivity<LeaseSaga, T>
    where T : class
{
    private readonly IStateAccessor<LeaseSaga> _state = machine.Accessor;

    public async Task Execute(BehaviorContext<LeaseSaga, T> context, IBehavior<LeaseSaga, T> next)
    {
        var decision = context.Saga.Decision!;
        var state = machine.StateOf(decision.After.Stage);
        RefuseAnEdgeThatIsNotThere(decision, state);

        await _state.Set(context, state).ConfigureAwait(false);
        await next.Execute(context).ConfigureAwait(false);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<LeaseSaga, T, TException> context, IBehavior<LeaseSaga, T> next)
        where TException : Exception =>
        next.Faulted(context);

    /// <summary>Shows where the event may lead.</summary>
    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this, _ =>
    {
        foreach (var target in targets)
            new TransitionActivity<LeaseSaga>((State<LeaseSaga>)target, _state).Accept(visitor);
    });

    public void Probe(ProbeContext context) => context.CreateScope("leaseTransition");

    /// <summary>An event that found the lease overdue has taken the edge of the timer.</summary>
    private void RefuseAnEdgeThatIsNotThere(LeaseDecision decision, State state)
    {
        var (before, after) = (decision.Before.Stage, decision.After.Stage);
        if (after == before || Array.IndexOf(targets, state) >= 0 || (decision.ExpiredFirst && after == LeaseStage.Ending))
            return;

        throw new LockInvariantException($"{typeof(T).Name} led from {before} to {after}, where the machine has no edge");
    }
}
