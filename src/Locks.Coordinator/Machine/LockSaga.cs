using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>
/// The saga of one lock key: the lock, and what the state machine keeps beside it. The coordinator stores it in sets, many keys in one
/// commit.
/// </summary>
public sealed class LockSaga : SagaStateMachineInstance
{
    // Written by several decisions before it is stored once.
    private SortedDictionary<long, Waiter>? _enqueued;
    private HashSet<long>? _newTickets;
    private SortedSet<long>? _dequeued;
    private bool _lockHasChanged;

    internal LockSaga(LockState state) => Lock = state;

    /// <summary>The id of the lock: the version 5 UUID of its key (<see cref="LockKey.ToId"/>).</summary>
    public Guid CorrelationId { get; set; }

    /// <summary>The name of the state: Free, Offered, Held or Cooling. Absent before the first event.</summary>
    public string? CurrentState { get; set; }

    /// <summary>The version of the stored row that this instance was read from; 0 when there was none.</summary>
    public long Version { get; set; }

    /// <summary>The token of the timer that is set for this lock. Absent when nothing is due.</summary>
    public Guid? ExpiryTokenId { get; set; }

    /// <summary>The key.</summary>
    public string Key => Lock.Key;

    /// <summary>The lock.</summary>
    internal LockState Lock { get; private set; }

    /// <summary>The decision on the event that is being handled. Not stored.</summary>
    internal Decision? Decision { get; private set; }

    /// <summary>
    /// Whether there is anything to store: a decision has changed the lock, or the timer was set anew, whose token must be known when it
    /// goes off.
    /// </summary>
    internal bool HasChanged => _lockHasChanged || ExpiryTokenId != StoredExpiryTokenId;

    /// <summary>The timer that was set when this instance was read.</summary>
    internal Guid? StoredExpiryTokenId { get; init; }

    /// <summary>The highest fencing token that was granted when this instance was read.</summary>
    internal long StoredFence { get; init; }

    /// <summary>The shared leases that the lock was granted on, or that waiters were queued for, since this instance was read.</summary>
    internal IReadOnlyCollection<Guid> AttachesTo
    {
        get
        {
            var granted = Lock.LastFence != StoredFence ? Lock.Holder?.Lease?.Id : null;
            if (_newTickets is null or { Count: 0 } || !Lock.Waiters.AnyOnLeases)
                return granted is { } lease ? [lease] : [];

            return [.. NewWaiters.Select(waiter => waiter.Lease?.Id).Append(granted).OfType<Guid>().Distinct()];
        }
    }

    /// <summary>The waiters to store, by ticket.</summary>
    internal IReadOnlyCollection<Waiter> Enqueued => (IReadOnlyCollection<Waiter>?)_enqueued?.Values ?? [];

    /// <summary>The tickets of stored waiters that have left the queue.</summary>
    internal IReadOnlyCollection<long> Dequeued => (IReadOnlyCollection<long>?)_dequeued ?? [];

    private IEnumerable<Waiter> NewWaiters => Enqueued.Where(waiter => _newTickets!.Contains(waiter.Ticket));

    /// <summary>The saga of a key that was never acquired.</summary>
    /// <param name="key">The key.</param>
    public static LockSaga NeverTaken(string key) => new(LockState.NeverTaken(key)) { CorrelationId = LockKey.ToId(key) };

    /// <summary>Takes over a decision. Several may follow each other before they are stored together.</summary>
    internal void Apply(Decision decision)
    {
        if (!ReferenceEquals(decision.Before, Lock))
            throw new LockInvariantException("a decision was made on another state than the saga's");

        Decision = decision;
        Lock = decision.After;
        _lockHasChanged |= decision.ChangesLock;
        foreach (var outcome in decision.Outcomes)
            Apply(outcome, decision.Before.LastTicket);
    }

    /// <summary>Takes the last decision, so that the next event does not find it.</summary>
    internal Decision? TakeDecision()
    {
        var decision = Decision;
        Decision = null;
        return decision;
    }

    private void Apply(Outcome outcome, long lastTicket)
    {
        switch (outcome)
        {
            case Outcome.Enqueued { Waiter: var waiter }:
                if (waiter.Ticket > lastTicket)
                    (_newTickets ??= []).Add(waiter.Ticket);
                (_enqueued ??= [])[waiter.Ticket] = waiter;
                break;
            case Outcome.Dequeued { Waiter: var waiter }:
                _enqueued?.Remove(waiter.Ticket);
                if (_newTickets?.Remove(waiter.Ticket) is not true)
                    (_dequeued ??= []).Add(waiter.Ticket);
                break;
        }
    }
}
