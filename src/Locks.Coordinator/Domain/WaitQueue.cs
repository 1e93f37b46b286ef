using System.Collections.Immutable;

namespace Locks.Coordinator.Domain;

/// <summary>
/// The waiters of one key in the order of their tickets. Immutable; every operation costs O(log n) in the number of waiters, so a line of
/// ten thousand is as quick to serve as a line of ten.
/// </summary>
#pragma warning disable CA1711 // It is a queue.
public sealed class WaitQueue
#pragma warning restore CA1711
{
    /// <summary>A line with nobody in it.</summary>
    public static readonly WaitQueue Empty = new(
        ImmutableSortedSet.Create<Waiter>(ByTicket.Instance),
        ImmutableDictionary<Guid, Waiter>.Empty,
        ImmutableSortedSet.Create<Waiter>(ByDeadline.Instance),
        leased: 0);

    private readonly ImmutableSortedSet<Waiter> _line;
    private readonly ImmutableDictionary<Guid, Waiter> _byAttempt;
    private readonly ImmutableSortedSet<Waiter> _byDeadline;
    private readonly int _leased;

    private WaitQueue(
        ImmutableSortedSet<Waiter> line,
        ImmutableDictionary<Guid, Waiter> byAttempt,
        ImmutableSortedSet<Waiter> byDeadline,
        int leased)
    {
        _line = line;
        _byAttempt = byAttempt;
        _byDeadline = byDeadline;
        _leased = leased;
    }

    /// <summary>How many wait.</summary>
    public int Count => _line.Count;

    /// <summary>Whether anybody in it waits for a lock on a shared lease.</summary>
    public bool AnyOnLeases => _leased > 0;

    /// <summary>Who is next, if anybody waits.</summary>
    public Waiter? Head => _line.Min;

    /// <summary>Who came last, if anybody waits.</summary>
    public Waiter? Last => _line.Max;

    /// <summary>Who gives up first, if anybody waits.</summary>
    public Waiter? Soonest => _byDeadline.Min;

    /// <summary>The waiters from the first to the last.</summary>
    public IEnumerable<Waiter> InOrder => _line;

    /// <summary>A queue of stored waiters.</summary>
    /// <exception cref="LockInvariantException">Two have the same ticket, or are the same attempt.</exception>
    public static WaitQueue Of(IEnumerable<Waiter> waiters)
    {
        var line = Empty._line.ToBuilder();
        var byAttempt = Empty._byAttempt.ToBuilder();
        var leased = 0;
        foreach (var waiter in waiters)
        {
            leased += Leased(waiter);
            if (!line.Add(waiter))
                throw new LockInvariantException($"two waiters have ticket {waiter.Ticket}");
            if (!byAttempt.TryAdd(waiter.AcquireId, waiter))
                throw new LockInvariantException($"attempt {waiter.AcquireId} waits twice");
        }

        return line.Count == 0
            ? Empty
            : new WaitQueue(line.ToImmutable(), byAttempt.ToImmutable(), Empty._byDeadline.Union(line), leased);
    }

    /// <summary>The same line with its shared leases as they are now. Costs nothing when nobody in it waits for one.</summary>
    /// <param name="lookUp">A lease as it is now.</param>
    public WaitQueue OnLeases(Func<Guid, SharedLease> lookUp) =>
        _leased == 0
            ? this
            : Of(_line.Select(waiter => waiter.SharedLease is { } lease ? waiter with { SharedLease = lookUp(lease.Id) } : waiter));

    /// <summary>The waiter of an attempt, if it waits.</summary>
    public Waiter? Find(Guid acquireId) => _byAttempt.GetValueOrDefault(acquireId);

    /// <summary>How many turns away a waiter is: 1 is granted next.</summary>
    public int RankOf(Waiter waiter) => _line.IndexOf(waiter) + 1;

    /// <summary>Adds a waiter behind all others.</summary>
    public WaitQueue Add(Waiter waiter)
    {
        if (Last is { } last && last.Ticket >= waiter.Ticket)
            throw new LockInvariantException($"ticket {waiter.Ticket} was drawn after ticket {last.Ticket}");

        return new WaitQueue(_line.Add(waiter), _byAttempt.Add(waiter.AcquireId, waiter), _byDeadline.Add(waiter), _leased + Leased(waiter));
    }

    /// <summary>Puts another version of a waiter in its place.</summary>
    public WaitQueue Replace(Waiter waiter, Waiter by)
    {
        if (waiter.Ticket != by.Ticket || waiter.AcquireId != by.AcquireId || waiter.Deadline != by.Deadline)
            throw new LockInvariantException($"waiter {waiter.AcquireId} was replaced by another one");

        return new WaitQueue(
            _line.Remove(waiter).Add(by), _byAttempt.SetItem(by.AcquireId, by), _byDeadline.Remove(waiter).Add(by),
            _leased - Leased(waiter) + Leased(by));
    }

    /// <summary>Takes a waiter out, wherever it stands.</summary>
    public WaitQueue Remove(Waiter waiter) =>
        Count == 1 && Head == waiter
            ? Empty
            : new WaitQueue(
                _line.Remove(waiter), _byAttempt.Remove(waiter.AcquireId), _byDeadline.Remove(waiter), _leased - Leased(waiter));

    /// <summary>Takes so many waiters out together, from the first on.</summary>
    public WaitQueue WithoutFirst(int count)
    {
        // Whatever is less work.
        if (count > Count / 2)
            return Of(_line.Skip(count));

        var gone = _line.Take(count).ToList();
        return new WaitQueue(
            _line.Except(gone), _byAttempt.RemoveRange(gone.Select(waiter => waiter.AcquireId)), _byDeadline.Except(gone),
            _leased - gone.Sum(Leased));
    }

    private static int Leased(Waiter waiter) => waiter.SharedLease is null ? 0 : 1;

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
