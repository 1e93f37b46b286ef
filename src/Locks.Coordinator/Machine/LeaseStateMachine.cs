using Locks.Contracts;
using Locks.Coordinator.Domain.Leases;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>
/// The life of one shared lease: states × events. What happens to the lease is decided by <see cref="LeaseRules"/>; this page says where
/// each event leads, and when the locks on the lease are released. The verbs are wired in <see cref="LeaseActivities"/>.
/// </summary>
internal sealed class LeaseStateMachine : MassTransitStateMachine<LeaseSaga>
{
    /// <summary>Builds the machine. One serves all leases.</summary>
    public LeaseStateMachine(CoordinatorClock clock, LeaseReplyMapper replies, ILeaseLocks locks)
    {
        InstanceState(saga => saga.CurrentState);
        Event(() => GrantRequested, OneSagaPerLease<GrantLease>(message => message.LeaseId));
        Event(() => RenewRequested, OneSagaPerLease<RenewLease>(message => message.LeaseId));
        Event(() => RevokeRequested, OneSagaPerLease<RevokeLease>(message => message.LeaseId));
        Event(() => DescribeRequested, OneSagaPerLease<DescribeLease>(message => message.LeaseId));
        Schedule(() => Due, saga => saga.DueTokenId, timer => timer.Received = OneSagaPerLease<LeaseDue>(message => message.LeaseId));

        // The lease lives, or is about to. A grant begins it, a renewal moves its end on, and a revocation or its time ends it, for good.
        // Every event first ends what is due.
        During(Initial, Active,
            When(GrantRequested).Decide(clock).TransitionAndSchedule(this).SendReplies(replies),
            When(RenewRequested).Decide(clock).TransitionAndSchedule(this).SendReplies(replies),
            When(RevokeRequested).Decide(clock).TransitionAndSchedule(this).SendReplies(replies),
            When(DescribeRequested).Decide(clock).TransitionAndSchedule(this).SendReplies(replies),
            When(Due.Received).Decide(clock).TransitionAndSchedule(this).SendReplies(replies));

        // The lease has ended, and that is stored: no lock can be granted on it any more, and those that were are released, a batch at a time,
        // until none is left. Every request comes too late. No timer is set any more, so the messages of the coordinator to itself are taken
        // as they come: MassTransit lets none through to Received where no timer is set.
        During(Ending,
            When(GrantRequested).Decide(clock).SendReplies(replies),
            When(RenewRequested).Decide(clock).SendReplies(replies),
            When(RevokeRequested).Decide(clock).SendReplies(replies),
            When(DescribeRequested).Decide(clock).SendReplies(replies),
            When(Due.AnyReceived).ReleaseLocks(locks).Decide(clock).TransitionAndSchedule(this).SendReplies(replies));

        // Nothing is left to do, and a late message is dropped.
        During(Ended,
            When(GrantRequested).Decide(clock).SendReplies(replies),
            When(RenewRequested).Decide(clock).SendReplies(replies),
            When(RevokeRequested).Decide(clock).SendReplies(replies),
            When(DescribeRequested).Decide(clock).SendReplies(replies));
    }

    /// <summary>The lease lives.</summary>
    public State Active { get; private set; } = null!;

    /// <summary>The lease has ended, and its locks are being released.</summary>
    public State Ending { get; private set; } = null!;

    /// <summary>The lease has ended, and no lock is left on it.</summary>
    public State Ended { get; private set; } = null!;

    /// <summary>A client wants a lease.</summary>
    public Event<GrantLease> GrantRequested { get; private set; } = null!;

    /// <summary>A client extends the lease.</summary>
    public Event<RenewLease> RenewRequested { get; private set; } = null!;

    /// <summary>A client or an operator ends the lease.</summary>
    public Event<RevokeLease> RevokeRequested { get; private set; } = null!;

    /// <summary>A client asks for the state of the lease.</summary>
    public Event<DescribeLease> DescribeRequested { get; private set; } = null!;

    /// <summary>The timer of the lease, and the coordinator's message to itself while locks are left to release.</summary>
    public Schedule<LeaseSaga, LeaseDue> Due { get; private set; } = null!;

    private static Action<IEventCorrelationConfigurator<LeaseSaga, T>> OneSagaPerLease<T>(Func<T, Guid> id)
        where T : class =>
        correlation => correlation
            .CorrelateById(context => id(context.Message))
            .SetSagaFactory(context => LeaseSaga.NeverGranted(id(context.Message)));
}
