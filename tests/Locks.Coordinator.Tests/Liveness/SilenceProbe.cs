using Locks.Coordinator.Domain;
using Locks.Coordinator.Liveness;

namespace Locks.Coordinator.Tests.Liveness;

/// <summary>Does what a decision on a lock with a waiter does: it is committed, and the next one gets what was heard meanwhile.</summary>
internal static class SilenceProbe
{
    public static bool IsSilent(this SessionLiveness sessions, Waiter waiter)
    {
        var state = LockState.NeverTaken("orders/42") with { Waiters = WaitQueue.Of([waiter]) };
        sessions.OnCommitted([Decision.Nothing(state)]);
        return sessions.Silence.IsSilent(waiter);
    }
}
