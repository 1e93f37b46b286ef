using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>
/// One lock key's saga: the lock, and what the state machine keeps beside it. A plain instance that any saga repository can store; ours
/// stores it in sets (see <see cref="LockUnitOfWork"/>).
/// </summary>
public sealed class LockSaga : SagaStateMachineInstance
{
    private SortedDictionary<long, Waiter>? _enqueued;
    private HashSet<long>? _newTickets;
    private SortedSet<long>? _dequeued;
    private bool _lockHasChanged;

    /// <summary>The version 5 UUID of the key.</summary>
    public Guid CorrelationId { get; set; }

    /// <summary>The name of the state, Free or Held; absent before the first event.</summary>
    public string? CurrentState { get; set; }

    /// <summary>The version of the stored row that this instance was read from; 0 when there was none.</summary>
    public long Version { get; set; }

    /// <summary>The timer that is set for this lock.</summary>
    public Guid? ExpiryTokenId { get; set; }

    /// <summary>The lock.</summary>
    public required LockState Lock { get; set; }

    /// <summary>What was decided last: not stored, but what the event that is being handled has brought about.</summary>
    internal Decision Decision { get; private set; } = null!;

    /// <summary>
    /// Whether there is anything to store: a decision has changed the lock, or the timer was set anew, whose token must be known when it
    /// comes back.
    /// </summary>
    internal bool HasChanged => _lockHasChanged || ExpiryTokenId != StoredExpiryTokenId;

    /// <summary>The timer that was set when this instance was read.</summary>
    internal Guid? StoredExpiryTokenId { get; init; }

    /// <summary>The highest fencing token that was granted when this instance was read.</summary>
    internal long StoredFence { get; init; }

    /// <summary>The shared lease that the lock has been granted on since this instance was read.</summary>
    internal Guid? AttachesTo => Lock.LastFence != StoredFence ? Lock.Holder?.SharedLease?.Id : null;

    /// <summary>The waiters to store, by ticket.</summary>
    internal IReadOnlyCollection<Waiter> Enqueued => (IReadOnlyCollection<Waiter>?)_enqueued?.Values ?? [];

    /// <summary>The tickets of stored waiters that have left the line.</summary>
    internal IReadOnlyCollection<long> Dequeued => (IReadOnlyCollection<long>?)_dequeued ?? [];

    /// <summary>The saga of a key that was never taken.</summary>
    public static LockSaga NeverTaken(string key) => new() { CorrelationId = LockKey.ToId(key), Lock = LockState.NeverTaken(key) };

    /// <summary>Takes over a decision. Several may follow each other before they are stored together.</summary>
    internal void Apply(Decision decision)
    {
        if (!ReferenceEquals(decision.Before, Lock))
            throw new LockInvariantException("a decision was made on another state than the saga's");

        Decision = decision;
        Lock = decision.After;
        _lockHasChanged |= decision.ChangesLock;
        foreach (var outcome in decision.Outcomes)
        {
            switch (outcome)
            {
                case Outcome.Enqueued enqueued:
                    if (enqueued.Waiter.Ticket > decision.Before.LastTicket)
                        (_newTickets ??= []).Add(enqueued.Waiter.Ticket);
                    (_enqueued ??= [])[enqueued.Waiter.Ticket] = enqueued.Waiter;
                    break;
                case Outcome.Dequeued dequeued:
                    _enqueued?.Remove(dequeued.Waiter.Ticket);
                    if (_newTickets?.Remove(dequeued.Waiter.Ticket) is not true)
                        (_dequeued ??= []).Add(dequeued.Waiter.Ticket);
                    break;
            }
        }
    }
}
