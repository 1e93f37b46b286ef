using Locks.Contracts;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Scheduling;
using MassTransit;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// A command of a batch. An acquire that has waited here for so long that its grant would be over on arrival is denied without being
/// decided: a coordinator that is behind would otherwise commit nothing but grants that no client can use, and never catch up.
/// </summary>
/// <remarks>
/// The age is measured in this process alone, so no two clocks are compared. The time that the command spent in the broker makes it only
/// older than that.
/// </remarks>
internal sealed class CommandWorkItem<T>(
    LockStateMachine machine, Event<T> @event, InProcessScheduler scheduler, T message, string key, Guid lockId, Guid? requestId,
    Uri? responseAddress, TimeProvider time) :
    EventWorkItem<T>(machine, @event, scheduler, message, key, lockId, requestId, responseAddress)
    where T : class
{
    private readonly T _message = message;
    private readonly long _received = time.GetTimestamp();

    /// <inheritdoc/>
    protected override object? Denial => _message switch
    {
        // The client counts the lease from before it sent the command.
        AcquireLock { Wait: null, LeaseId: null } acquire when IsOlderThan(acquire.Lease) => Deny(acquire, DenyReasons.Busy),
        AcquireLock { Wait: { } wait } acquire when IsOlderThan(wait) => Deny(acquire, DenyReasons.WaitTimedOut),
        _ => null,
    };

    private static LockDenied Deny(AcquireLock acquire, string reason) => new(acquire.Key, acquire.AcquireId, reason);

    private bool IsOlderThan(TimeSpan age) => time.GetElapsedTime(_received) >= age;
}
