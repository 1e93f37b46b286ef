using System.Collections.Immutable;
using Locks.Contracts;

namespace Locks.Coordinator.Domain;

/// <summary>
/// The waiters of one key in the order of their tickets. Immutable. Every operation costs O(log n) in the number of waiters, so a queue of
/// ten thousand is as quick to serve as a queue of ten.
/// </summary>
internal sealed class WaitQueue
{
    /// <summary>The empty queue.</summary>
    public static readonly WaitQueue Empty = new(
        ImmutableSortedSet.Create<Waiter>(ByTicket.Instance),
        ImmutableDictionary<Guid, Waiter>.Empty,
        ImmutableSortedSet.Create<Waiter>(ByDeadline.Instance),
        ImmutableSortedSet.Create<Waiter>(ByTicket.Instance));

    private readonly ImmutableSortedSet<Waiter> _queue;
    private readonly ImmutableDictionary<Guid, Waiter> _byAttempt;
    private readonly ImmutableSortedSet<Waiter> _byDeadline;
    private readonly ImmutableSortedSet<Waiter> _onLeases;

    private WaitQueue(
        ImmutableSortedSet<Waiter> queue,
        ImmutableDictionary<Guid, Waiter> byAttempt,
        ImmutableSortedSet<Waiter> byDeadline,
        ImmutableSortedSet<Waiter> onLeases)
    {
        _queue = queue;
        _byAttempt = byAttempt;
        _byDeadline = byDeadline;
        _onLeases = onLeases;
    }

    /// <summary>The number of waiters.</summary>
    public int Count => _queue.Count;

    /// <summary>Whether any waiter wants the lock on a shared lease.</summary>
    public bool AnyOnLeases => !_onLeases.IsEmpty;

    /// <summary>The waiters that want the lock on a shared lease, in their order.</summary>
    public IReadOnlyCollection<Waiter> Leased => _onLeases;

    /// <summary>The waiter that is granted next.</summary>
    public Waiter? Head => _queue.Min;

    /// <summary>The waiter with the highest ticket.</summary>
    public Waiter? Last => _queue.Max;

    /// <summary>The waiter whose wait ends first.</summary>
    public Waiter? Soonest => _byDeadline.Min;

    /// <summary>The waiters from the first to the last.</summary>
    public IEnumerable<Waiter> InOrder => _queue;

    /// <summary>A queue of stored waiters.</summary>
    /// <exception cref="LockInvariantException">Two have the same ticket, or are the same attempt.</exception>
    public static WaitQueue Of(IEnumerable<Waiter> waiters)
    {
        var queue = Empty._queue.ToBuilder();
        var byAttempt = Empty._byAttempt.ToBuilder();
        var onLeases = Empty._onLeases.ToBuilder();
        foreach (var waiter in waiters)
        {
            if (waiter.Lease is not null)
                onLeases.Add(waiter);
            if (!queue.Add(waiter))
                throw new LockInvariantException($"two waiters have ticket {waiter.Ticket}");
            if (!byAttempt.TryAdd(waiter.AcquireId, waiter))
                throw new LockInvariantException($"attempt {AttemptId.Of(waiter.AcquireId)} waits twice");
        }

        return queue.Count == 0
            ? Empty
            : new WaitQueue(queue.ToImmutable(), byAttempt.ToImmutable(), Empty._byDeadline.Union(queue), onLeases.ToImmutable());
    }

    /// <summary>The same queue with its shared leases as they are now. Costs nothing when no waiter names one.</summary>
    /// <param name="lookUp">Finds a lease as it is now.</param>
    public WaitQueue OnLeases(Func<Guid, LeaseSnapshot> lookUp) =>
        _onLeases.IsEmpty
            ? this
            : Of(_queue.Select(waiter => waiter.Lease is { } lease ? waiter with { Lease = lookUp(lease.Id) } : waiter));

    /// <summary>Finds the waiter of an attempt.</summary>
    public Waiter? Find(Guid acquireId) => _byAttempt.GetValueOrDefault(acquireId);

    /// <summary>
    /// Finds the waiter that descriptions show under this id. It looks at every waiter, and may: only an operator asks. An index would cost
    /// every attempt that waits.
    /// </summary>
    public Waiter? FindByAttemptId(Guid attemptId) => _queue.FirstOrDefault(waiter => AttemptId.Of(waiter.AcquireId) == attemptId);

    /// <summary>The rank of a waiter: 1 is granted next.</summary>
    public int RankOf(Waiter waiter) => _queue.IndexOf(waiter) + 1;

    /// <summary>Adds a waiter at the end.</summary>
    public WaitQueue Add(Waiter waiter)
    {
        if (Last is { } last && last.Ticket >= waiter.Ticket)
            throw new LockInvariantException($"ticket {waiter.Ticket} was drawn after ticket {last.Ticket}");

        return new WaitQueue(
            _queue.Add(waiter), _byAttempt.Add(waiter.AcquireId, waiter), _byDeadline.Add(waiter),
            waiter.Lease is null ? _onLeases : _onLeases.Add(waiter));
    }

    /// <summary>Replaces a waiter by another version of itself.</summary>
    public WaitQueue Replace(Waiter waiter, Waiter by)
    {
        if (waiter.Ticket != by.Ticket || waiter.AcquireId != by.AcquireId || waiter.Deadline != by.Deadline)
            throw new LockInvariantException($"waiter {AttemptId.Of(waiter.AcquireId)} was replaced by another one");

        return new WaitQueue(
            _queue.Remove(waiter).Add(by), _byAttempt.SetItem(by.AcquireId, by), _byDeadline.Remove(waiter).Add(by),
            by.Lease is null ? _onLeases.Remove(waiter) : _onLeases.Remove(waiter).Add(by));
    }

    /// <summary>Removes a waiter from wherever it stands.</summary>
    public WaitQueue Remove(Waiter waiter) =>
        Count == 1 && Head == waiter
            ? Empty
            : new WaitQueue(
                _queue.Remove(waiter), _byAttempt.Remove(waiter.AcquireId), _byDeadline.Remove(waiter), _onLeases.Remove(waiter));

    /// <summary>Removes waiters, all at once.</summary>
    public WaitQueue Without(IReadOnlyCollection<Waiter> gone)
    {
        // Whatever is less work.
        if (gone.Count > Count / 2)
            return Of(_queue.Except(gone));

        return new WaitQueue(
            _queue.Except(gone), _byAttempt.RemoveRange(gone.Select(waiter => waiter.AcquireId)), _byDeadline.Except(gone),
            _onLeases.Except(gone));
    }

    private sealed class ByTicket : IComparer<Waiter>
    {
        public static readonly ByTicket Instance = new();

        public int Compare(Waiter? x, Waiter? y) => x!.Ticket.CompareTo(y!.Ticket);
    }

    private sealed class ByDeadline : IComparer<Waiter>
    {
        public static readonly ByDeadline Instance = new();

        public int Compare(Waiter? x, Waiter? y) =>
            x!.Deadline.CompareTo(y!.Deadline) is var order && order != 0 ? order : x.Ticket.CompareTo(y.Ticket);
    }
}
