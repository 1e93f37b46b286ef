using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Liveness;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>
/// The life of one lock: states × events. What happens to the lock is decided by <see cref="LockRules"/>; this page says where each event
/// leads, when the timer is set, and that every outcome is announced. The verbs are wired in <see cref="LockActivities"/>.
/// </summary>
public sealed class LockStateMachine : MassTransitStateMachine<LockSaga>
{
    /// <summary>Builds the machine. One serves all keys.</summary>
    /// <param name="rules">What decides.</param>
    /// <param name="clock">The time.</param>
    /// <param name="sessions">Which clients are alive. Default: all are taken to be.</param>
    public LockStateMachine(LockRules rules, CoordinatorClock clock, SessionLiveness? sessions = null)
    {
        InstanceState(saga => saga.CurrentState);
        Event(() => AcquireRequested, OneSagaPerKey<AcquireLock>(message => message.Key));
        Event(() => AcquireCancelled, OneSagaPerKey<CancelAcquire>(message => message.Key));
        Event(() => GrantConfirmed, OneSagaPerKey<ConfirmGrant>(message => message.Key));
        Event(() => RenewRequested, OneSagaPerKey<RenewLock>(message => message.Key));
        Event(() => ReleaseRequested, OneSagaPerKey<ReleaseLock>(message => message.Key));
        Event(() => RevokeRequested, OneSagaPerKey<RevokeLock>(message => message.Key));
        Schedule(() => Expiry, saga => saga.ExpiryTokenId, timer => timer.Received = OneSagaPerKey<LeaseExpired>(message => message.Key));

        // Nobody holds the lock. An acquire takes it, unless it is a late copy of one that is over. Everything else comes too late.
        During(Initial, Free,
            When(AcquireRequested).Decide(rules, clock, sessions).Settle(this).Announce(),
            When(AcquireCancelled).Decide(rules, clock, sessions).TransitionTo(Free).Announce(),
            When(GrantConfirmed).Decide(rules, clock, sessions).TransitionTo(Free).Announce(),
            When(RenewRequested).Decide(rules, clock, sessions).TransitionTo(Free).Announce(),
            When(ReleaseRequested).Decide(rules, clock, sessions).TransitionTo(Free).Announce(),
            When(RevokeRequested).Decide(rules, clock, sessions).TransitionTo(Free).Announce(),
            When(Expiry.Received).Decide(rules, clock, sessions).TransitionTo(Free).Announce());

        // Somebody holds the lock, or held it until just now: whatever is due happens first, on every event. Who is next in line holds it
        // then; when nobody waits, it is free.
        During(Held,
            When(AcquireRequested).Decide(rules, clock, sessions).Settle(this).Announce(),
            When(AcquireCancelled).Decide(rules, clock, sessions).Settle(this).Announce(),
            When(GrantConfirmed).Decide(rules, clock, sessions).Settle(this).Announce(),
            When(RenewRequested).Decide(rules, clock, sessions).Settle(this).Announce(),
            When(ReleaseRequested).Decide(rules, clock, sessions).Settle(this).Announce(),
            When(RevokeRequested).Decide(rules, clock, sessions).Settle(this).Announce(),
            When(Expiry.Received).Decide(rules, clock, sessions).Settle(this).Announce());
    }

    /// <summary>Nobody holds the lock.</summary>
    public State Free { get; private set; } = null!;

    /// <summary>Somebody holds the lock.</summary>
    public State Held { get; private set; } = null!;

    /// <summary>Somebody wants the lock.</summary>
    public Event<AcquireLock> AcquireRequested { get; private set; } = null!;

    /// <summary>Somebody does not want it any more.</summary>
    public Event<CancelAcquire> AcquireCancelled { get; private set; } = null!;

    /// <summary>A waiter has received its grant.</summary>
    public Event<ConfirmGrant> GrantConfirmed { get; private set; } = null!;

    /// <summary>The holder wants to keep the lock.</summary>
    public Event<RenewLock> RenewRequested { get; private set; } = null!;

    /// <summary>The holder gives the lock back.</summary>
    public Event<ReleaseLock> ReleaseRequested { get; private set; } = null!;

    /// <summary>Somebody takes the lock from its holder.</summary>
    public Event<RevokeLock> RevokeRequested { get; private set; } = null!;

    /// <summary>Wakes the lock when its holder's lease ends or a waiter gives up.</summary>
    public Schedule<LockSaga, LeaseExpired> Expiry { get; private set; } = null!;

    /// <summary>The state that a lock is in.</summary>
    internal State<LockSaga> StateOf(LockState state) => (State<LockSaga>)(state.Holder is null ? Free : Held);

    private static Action<IEventCorrelationConfigurator<LockSaga, T>> OneSagaPerKey<T>(Func<T, string> key)
        where T : class =>
        correlation => correlation
            .CorrelateById(context => LockKey.ToId(key(context.Message)))
            .SetSagaFactory(context => LockSaga.NeverTaken(key(context.Message)));
}
