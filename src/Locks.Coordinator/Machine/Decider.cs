using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Liveness;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>Gives the rules what they decide on: the lock, the request, the time, and what was heard of the clients' sessions.</summary>
internal sealed class Decider(LockRules rules, CoordinatorClock clock, SessionLiveness? sessions)
{
    public Decision Decide<T>(BehaviorContext<LockSaga, T> context)
        where T : class
    {
        if (context.Message is AcquireLock { Wait: not null, ClientId: { } clientId })
            sessions?.Hear(clientId);

        var state = context.Saga.Lock;
        var silence = sessions is null || state.Waiters.Count == 0 ? default : sessions.Silence;
        return rules.Decide(state, LockRequests.From(context), clock.Now, silence);
    }
}
