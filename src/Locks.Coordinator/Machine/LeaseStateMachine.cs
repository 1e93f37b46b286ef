using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>
/// The life of one shared lease: states × events. <see cref="LeaseRules"/> decides what becomes of the lease; this page says where each event
/// may lead, every decision is held to it, and when the locks on the lease are released. The verbs are wired in
/// <see cref="LeaseActivities"/>.
/// </summary>
/// <remarks>
/// An event first ends a lease that is overdue, whether or not the timer said so. Such an event takes the edge of <see cref="Due"/>. An event
/// that leaves the state as it is has no edge.
/// </remarks>
internal sealed class LeaseStateMachine : MassTransitStateMachine<LeaseSaga>
{
    /// <summary>Builds the machine. One serves all leases.</summary>
    public LeaseStateMachine(CoordinatorClock clock, LeaseReplyMapper replies, ILeaseLocks locks)
    {
        InstanceState(saga => saga.CurrentState);
        Event(() => GrantRequested, OneSagaPerLease<GrantLease>());
        Event(() => RenewRequested, OneSagaPerLease<RenewLease>());
        Event(() => RevokeRequested, OneSagaPerLease<RevokeLease>());
        Event(() => DescribeRequested, OneSagaPerLease<DescribeLease>());
        Schedule(() => Due, saga => saga.DueTokenId, timer => timer.Received = OneSagaPerLease<LeaseDue>());

        // A lease that no client has asked for. A revocation is remembered, because the request that it is about may still be on the way.
        During(Initial,
            When(GrantRequested).Decide(clock).LeadTo(this, Active).SendReplies(replies),
            When(RenewRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(RevokeRequested).Decide(clock).LeadTo(this, Ended).SendReplies(replies),
            When(DescribeRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(Due.Received).Decide(clock).LeadTo(this).SendReplies(replies));

        // The lease lives. A renewal moves its end on; a revocation or its time ends it, for good.
        During(Active,
            When(GrantRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(RenewRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(RevokeRequested).Decide(clock).LeadTo(this, Ending).SendReplies(replies),
            When(DescribeRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(Due.Received).Decide(clock).LeadTo(this, Ending).SendReplies(replies));

        // The lease has ended, and that is stored: no lock can be granted on it any more, and those that were are released, a batch at a time,
        // until none is left. Every request comes too late. No timer is set any more, so the messages of the coordinator to itself are taken
        // as they come: MassTransit lets none through to Received where no timer is set.
        During(Ending,
            When(GrantRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(RenewRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(RevokeRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(DescribeRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(Due.AnyReceived).ReleaseLocks(locks).Decide(clock).LeadTo(this, Ended).SendReplies(replies));

        // Nothing is left to do, and a late message is dropped.
        During(Ended,
            When(GrantRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(RenewRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(RevokeRequested).Decide(clock).LeadTo(this).SendReplies(replies),
            When(DescribeRequested).Decide(clock).LeadTo(this).SendReplies(replies));
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

    /// <summary>The state of the machine that a stage is.</summary>
    internal State<LeaseSaga> StateOf(LeaseStage stage) => (State<LeaseSaga>)(stage switch
    {
        LeaseStage.Unknown => Initial,
        LeaseStage.Active => Active,
        LeaseStage.Ending => Ending,
        LeaseStage.Ended => Ended,
        _ => throw new LockInvariantException($"there is no state for {stage}"),
    });

    private static Action<IEventCorrelationConfigurator<LeaseSaga, T>> OneSagaPerLease<T>()
        where T : class =>
        correlation => correlation
            .CorrelateById(context => LeaseFingerprint.Of(LeaseRequests.LeaseOf(context.Message)))
            .SetSagaFactory(context => LeaseSaga.NeverGranted(LeaseRequests.LeaseOf(context.Message)));
}
