using Locks.Contracts;
using Locks.Coordinator.Domain.Leases;
using MassTransit;

namespace Locks.Coordinator.Saga.Leases;

/// <summary>
/// The life of one shared lease: states × events. What happens to the lease is decided by <see cref="LeaseRules"/>; this page says where
/// each event leads, and when the locks on the lease are passed on. The verbs are wired in <see cref="LeaseActivities"/>.
/// </summary>
internal sealed class LeaseStateMachine : MassTransitStateMachine<LeaseSaga>
{
    /// <summary>Builds the machine. One serves all leases.</summary>
    public LeaseStateMachine(CoordinatorClock clock, LeaseReplyMapper announcement, LeaseReleaseProcessor locks)
    {
        InstanceState(saga => saga.CurrentState);
        Event(() => GrantRequested, OneSagaPerLease<GrantLease>(message => message.LeaseId));
        Event(() => RenewRequested, OneSagaPerLease<RenewLease>(message => message.LeaseId));
        Event(() => RevokeRequested, OneSagaPerLease<RevokeLease>(message => message.LeaseId));
        Event(() => DescribeRequested, OneSagaPerLease<DescribeLease>(message => message.LeaseId));
        Schedule(() => Due, saga => saga.DueTokenId, timer => timer.Received = OneSagaPerLease<LeaseDue>(message => message.LeaseId));

        // It lives, or is to. A grant begins it, a renewal moves its end on, and a revocation or its time ends it, for good. Whatever is due
        // happens first, on every event.
        During(Initial, Active,
            When(GrantRequested).Decide(clock).Settle(this).Announce(announcement),
            When(RenewRequested).Decide(clock).Settle(this).Announce(announcement),
            When(RevokeRequested).Decide(clock).Settle(this).Announce(announcement),
            When(DescribeRequested).Decide(clock).Settle(this).Announce(announcement),
            When(Due.Received).Decide(clock).Settle(this).Announce(announcement));

        // It has ended, and that is stored: no lock can be granted on it any more, and those that were are passed on, a batch at a time,
        // until none is left. Every request comes too late. There is no timer any more, so the notes are taken as they come: MassTransit
        // lets none through to Received where no timer is set.
        During(Ending,
            When(GrantRequested).Decide(clock).Announce(announcement),
            When(RenewRequested).Decide(clock).Announce(announcement),
            When(RevokeRequested).Decide(clock).Announce(announcement),
            When(DescribeRequested).Decide(clock).Announce(announcement),
            When(Due.AnyReceived).PassLocksOn(locks).Decide(clock).Settle(this).Announce(announcement));

        // Nothing is left to do, and a late note is dropped.
        During(Ended,
            When(GrantRequested).Decide(clock).Announce(announcement),
            When(RenewRequested).Decide(clock).Announce(announcement),
            When(RevokeRequested).Decide(clock).Announce(announcement),
            When(DescribeRequested).Decide(clock).Announce(announcement));
    }

    /// <summary>It lives.</summary>
    public State Active { get; private set; } = null!;

    /// <summary>It has ended, and its locks are being passed on.</summary>
    public State Ending { get; private set; } = null!;

    /// <summary>It has ended, and no lock is left on it.</summary>
    public State Ended { get; private set; } = null!;

    /// <summary>Somebody wants a lease.</summary>
    public Event<GrantLease> GrantRequested { get; private set; } = null!;

    /// <summary>Somebody wants to keep it.</summary>
    public Event<RenewLease> RenewRequested { get; private set; } = null!;

    /// <summary>Somebody ends it.</summary>
    public Event<RevokeLease> RevokeRequested { get; private set; } = null!;

    /// <summary>Somebody wants to know about it.</summary>
    public Event<DescribeLease> DescribeRequested { get; private set; } = null!;

    /// <summary>Wakes the lease when its time is up, and while locks are left to pass on.</summary>
    public Schedule<LeaseSaga, LeaseDue> Due { get; private set; } = null!;

    private static Action<IEventCorrelationConfigurator<LeaseSaga, T>> OneSagaPerLease<T>(Func<T, Guid> id)
        where T : class =>
        correlation => correlation
            .CorrelateById(context => id(context.Message))
            .SetSagaFactory(context => LeaseSaga.NeverGranted(id(context.Message)));
}
