using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Liveness;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Machine;

/// <summary>
/// The life of one lock: states × events. <see cref="LockRules"/> decides what becomes of the lock; this page says where each event may lead,
/// and every decision is held to it. The verbs are wired in <see cref="LockActivities"/>.
/// </summary>
/// <remarks>
/// An event first ends whatever is overdue, whether or not the timer said so. Such an event takes the edge of <see cref="Expiry"/>, and then
/// its own. An event that leaves the state as it is has no edge.
/// </remarks>
public sealed class LockStateMachine : MassTransitStateMachine<LockSaga>
{
    /// <summary>Creates the machine. One instance serves all keys.</summary>
    /// <param name="options">The coordinator's options, of which the machine uses <see cref="LockCoordinatorOptions.Limits"/>.</param>
    /// <param name="time">
    /// The clock, whose wall clock counts. Processes that share a store of your own need wall clocks that agree within the clients'
    /// <c>SafetyMargin</c>, less what is lost between them.
    /// </param>
    public LockStateMachine(IOptions<LockCoordinatorOptions> options, TimeProvider time)
        : this(new LockRules(options?.Value.Limits), CoordinatorClock.OfWallClock(time))
    {
    }

    internal LockStateMachine(LockRules rules, CoordinatorClock clock, SessionLiveness? sessions = null)
    {
        var decider = new Decider(rules, clock, sessions);

        InstanceState(saga => saga.CurrentState);
        Event(() => AcquireRequested, OneSagaPerKey<AcquireLock>(message => message.Key));
        Event(() => AcquireCancelled, OneSagaPerKey<CancelAcquire>(message => message.Key));
        Event(() => GrantConfirmed, OneSagaPerKey<ConfirmGrant>(message => message.Key));
        Event(() => RenewRequested, OneSagaPerKey<RenewLock>(message => message.Key));
        Event(() => ReleaseRequested, OneSagaPerKey<ReleaseLock>(message => message.Key));
        Event(() => RevokeRequested, OneSagaPerKey<RevokeLock>(message => message.Key));
        Event(() => WaiterCancelRequested, OneSagaPerKey<CancelWaiter>(message => message.Key));
        Schedule(() => Expiry, saga => saga.ExpiryTokenId, timer => timer.Received = OneSagaPerKey<LeaseExpired>(message => message.Key));

        // A key that has no row. A cancel and a revocation are remembered, because the request that they are about may still be on the way.
        During(Initial,
            When(AcquireRequested).Decide(decider).LeadTo(this, Held, Free).SendReplies(),
            When(AcquireCancelled).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(GrantConfirmed).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(RenewRequested).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(ReleaseRequested).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(RevokeRequested).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(WaiterCancelRequested).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(Expiry.Received).Decide(decider).LeadTo(this, Free).SendReplies());

        // No attempt holds the lock. An acquire gets it, unless it is a late copy of an attempt that is over. Everything else comes too late.
        During(Free,
            When(AcquireRequested).Decide(decider).LeadTo(this, Held).SendReplies(),
            When(AcquireCancelled).Decide(decider).LeadTo(this).SendReplies(),
            When(GrantConfirmed).Decide(decider).LeadTo(this).SendReplies(),
            When(RenewRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(ReleaseRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(RevokeRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(WaiterCancelRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(Expiry.Received).Decide(decider).LeadTo(this).SendReplies());

        // A waiter was granted the lock, and its client has not confirmed yet. Where the grant ends, the next waiter is offered the lock.
        During(Offered,
            When(AcquireRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(AcquireCancelled).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(GrantConfirmed).Decide(decider).LeadTo(this, Held).SendReplies(),
            When(RenewRequested).Decide(decider).LeadTo(this, Held).SendReplies(),
            When(ReleaseRequested).Decide(decider).LeadTo(this, Free, Cooling).SendReplies(),
            When(RevokeRequested).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(WaiterCancelRequested).Decide(decider).LeadTo(this, Free).SendReplies(),
            When(Expiry.Received).Decide(decider).LeadTo(this, Free).SendReplies());

        // An attempt holds the lock. Where the grant ends, the next waiter is offered the lock; it is never free while an attempt waits.
        During(Held,
            When(AcquireRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(AcquireCancelled).Decide(decider).LeadTo(this, Free, Offered).SendReplies(),
            When(GrantConfirmed).Decide(decider).LeadTo(this).SendReplies(),
            When(RenewRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(ReleaseRequested).Decide(decider).LeadTo(this, Free, Offered, Cooling).SendReplies(),
            When(RevokeRequested).Decide(decider).LeadTo(this, Free, Offered).SendReplies(),
            When(WaiterCancelRequested).Decide(decider).LeadTo(this, Free, Offered).SendReplies(),
            When(Expiry.Received).Decide(decider).LeadTo(this, Free, Offered).SendReplies());

        // The holder has released the lock and keeps it from others for a while. Only time or a revocation ends that.
        During(Cooling,
            When(AcquireRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(AcquireCancelled).Decide(decider).LeadTo(this).SendReplies(),
            When(GrantConfirmed).Decide(decider).LeadTo(this).SendReplies(),
            When(RenewRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(ReleaseRequested).Decide(decider).LeadTo(this).SendReplies(),
            When(RevokeRequested).Decide(decider).LeadTo(this, Free, Offered).SendReplies(),
            When(WaiterCancelRequested).Decide(decider).LeadTo(this, Free, Offered).SendReplies(),
            When(Expiry.Received).Decide(decider).LeadTo(this, Free, Offered).SendReplies());
    }

    /// <summary>No attempt holds the lock, and none waits for it.</summary>
    public State Free { get; private set; } = null!;

    /// <summary>A waiter was granted the lock, and its client has not confirmed that it received the grant.</summary>
    public State Offered { get; private set; } = null!;

    /// <summary>An attempt holds the lock.</summary>
    public State Held { get; private set; } = null!;

    /// <summary>The holder has released the lock, and it is kept from others for a while.</summary>
    public State Cooling { get; private set; } = null!;

    /// <summary>A client wants the lock.</summary>
    public Event<AcquireLock> AcquireRequested { get; private set; } = null!;

    /// <summary>A client takes its attempt back.</summary>
    public Event<CancelAcquire> AcquireCancelled { get; private set; } = null!;

    /// <summary>A client has received an offer.</summary>
    public Event<ConfirmGrant> GrantConfirmed { get; private set; } = null!;

    /// <summary>The holder wants to hold the lock for longer.</summary>
    public Event<RenewLock> RenewRequested { get; private set; } = null!;

    /// <summary>The holder releases the lock.</summary>
    public Event<ReleaseLock> ReleaseRequested { get; private set; } = null!;

    /// <summary>An operator or another service takes the lock from its holder.</summary>
    public Event<RevokeLock> RevokeRequested { get; private set; } = null!;

    /// <summary>An operator takes a waiter out of the queue.</summary>
    public Event<CancelWaiter> WaiterCancelRequested { get; private set; } = null!;

    /// <summary>The timer of the lock, which is set to the end of the current grant or of the first wait that ends.</summary>
    public Schedule<LockSaga, LeaseExpired> Expiry { get; private set; } = null!;

    /// <summary>The state of the machine that a stage is.</summary>
    internal State<LockSaga> StateOf(LockStage stage) => (State<LockSaga>)(stage switch
    {
        LockStage.Free => Free,
        LockStage.Offered => Offered,
        LockStage.Held => Held,
        LockStage.Cooling => Cooling,
        _ => throw new LockInvariantException($"there is no state for {stage}"),
    });

    private static Action<IEventCorrelationConfigurator<LockSaga, T>> OneSagaPerKey<T>(Func<T, string> key)
        where T : class =>
        correlation => correlation
            .CorrelateById(context => LockKey.ToId(key(context.Message)))
            .SetSagaFactory(context => LockSaga.NeverTaken(key(context.Message)));
}
