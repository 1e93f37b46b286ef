using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Machine;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>The state machines by themselves, to be looked at and not run.</summary>
internal static class Machines
{
    private static readonly CoordinatorClock Clock = new(new ManualTimeProvider());

    public static LockStateMachine OfLocks() => new(new LockRules(), Clock);

    // What the machine of the leases calls in its activities is not needed to look at it.
    public static LeaseStateMachine OfLeases() => new(Clock, null!, null!);
}
