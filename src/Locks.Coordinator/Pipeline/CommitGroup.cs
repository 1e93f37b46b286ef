using System.Collections.Immutable;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The locks that are decided on together: each is read once, from the cache where it is there, driven through all events that have arrived
/// for it, and all are committed as one set.
/// </summary>
internal sealed class CommitGroup(ILockStore store, CoordinatorClock clock, IReadOnlyList<WorkItem> items)
{
    private readonly Dictionary<Guid, Member> _members = new(items.Count);
    private readonly Dictionary<Guid, LeaseSnapshot> _leases = [];
    private Dictionary<Guid, (WorkItem Item, Exception Failure)>? _failed;
    private int _corrections;

    public IReadOnlyList<WorkItem> Items => items;

    /// <summary>How many of the locks were read from the cache.</summary>
    public int CacheHits { get; private set; }

    /// <summary>How many of the locks were not in the cache.</summary>
    public int CacheMisses { get; private set; }

    /// <summary>Reads the locks of the events, and the shared leases that they name; asks for the time then where it is not known.</summary>
    /// <param name="cached">Finds a lock in the cache.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReadAsync(Func<Guid, StoredLock?> cached, CancellationToken cancellationToken)
    {
        HashSet<Guid>? missing = null;
        HashSet<Guid>? leases = null;
        foreach (var item in items)
        {
            // It is denied, whatever the state of its lock.
            if (item.IsOutdated)
                continue;
            if (item.LeaseId is { } leaseId)
                (leases ??= []).Add(leaseId);
            if (_members.ContainsKey(item.LockId) || missing?.Contains(item.LockId) is true)
                continue;
            if (cached(item.LockId) is { } found)
                _members.Add(item.LockId, new Member(ToSaga(found), IsCached: true));
            else
                (missing ??= []).Add(item.LockId);
        }

        (CacheHits, CacheMisses) = (_members.Count, missing?.Count ?? 0);
        if (missing is not null)
        {
            foreach (var stored in await store.LoadAsync(missing, cancellationToken).ConfigureAwait(false))
                _members.Add(stored.Id, new Member(ToSaga(stored), IsCached: false));
        }

        if (leases is not null)
            await ReadLeasesAsync(leases, cancellationToken).ConfigureAwait(false);

        // After the reading, during which the machine may have been suspended: the decisions follow at once.
        await clock.EnsureKnownAsync(cancellationToken).ConfigureAwait(false);
        _corrections = clock.Corrections;
    }

    /// <summary>A shared lease that one of the events names.</summary>
    public LeaseSnapshot FindLease(Guid id) => _leases[id];

    /// <summary>The saga of a lock; absent when the lock is not stored and no event has concerned it yet.</summary>
    public LockSaga? Find(Guid id) => _members.TryGetValue(id, out var member) ? member.Saga : null;

    /// <summary>The key of a lock of the group, for people to read.</summary>
    public string KeyOf(Guid id) => Find(id)?.Key ?? id.ToString();

    /// <summary>The saga of a lock, whether it is stored or not.</summary>
    public LockSaga FindOrAdd(Guid id, string key)
    {
        if (Find(id) is { } found)
            return found;

        var saga = LockSaga.NeverTaken(key);
        Add(saga);
        return saga;
    }

    /// <summary>Takes in the saga of a lock that is not stored.</summary>
    public void Add(LockSaga saga) => _members.Add(saga.CorrelationId, new Member(saga, IsCached: false));

    /// <summary>Runs one item. One that fails takes its lock out of the commit, and no other.</summary>
    public async Task RunAsync(WorkItem item)
    {
        if (_failed?.ContainsKey(item.LockId) is true)
            return;

        try
        {
            await item.RunAsync(this).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It concerns this event alone, and its sender is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _members.Remove(item.LockId);
            (_failed ??= []).Add(item.LockId, (item, exception));
        }
    }

    /// <summary>Why an item took no effect in a commit that went through; absent if it did.</summary>
    public Exception? FailureOf(WorkItem item, CommitResult result)
    {
        if (_failed?.TryGetValue(item.LockId, out var failed) is true)
            return failed.Item == item ? failed.Failure : Conflict();
        return result.Holds(item.LockId) ? null : Conflict();

        LockConflictException Conflict() => new(new HashSet<Guid> { item.LockId });
    }

    /// <summary>Stores what has changed, durably, and finds out which decisions do not hold.</summary>
    /// <exception cref="LockStoreUnavailableException">The store cannot be reached; the changes may or may not be stored.</exception>
    public async Task<CommitResult> CommitAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var writes = new List<LockWrite>(_members.Count);
        HashSet<Guid>? unverified = null;
        foreach (var (id, member) in _members)
        {
            if (member.Saga.HasChanged)
                writes.Add(ToWrite(member.Saga, now));
            // Nothing is written whose version the store could check, so a reply from the cache might tell of a state that is over.
            else if (member.IsCached)
                (unverified ??= []).Add(id);
        }

        var refused = writes.Count == 0
            ? ImmutableHashSet<Guid>.Empty
            : await store.CommitAsync(writes, cancellationToken).ConfigureAwait(false);

        // Its answer may show that the decisions were made by a wrong time. No client is told of them; they are made again.
        return new CommitResult(writes, refused, clock.Corrections == _corrections ? unverified : [.. _members.Keys]);
    }

    /// <summary>Makes a saga from a stored lock.</summary>
    public static LockSaga ToSaga(StoredLock stored) => new(stored.State)
    {
        CorrelationId = stored.Id,
        CurrentState = stored.State.Stage.Name(),
        Version = stored.Version,
        ExpiryTokenId = stored.ExpiryTokenId,
        StoredExpiryTokenId = stored.ExpiryTokenId,
        StoredFence = stored.State.LastFence,
    };

    private static LockWrite ToWrite(LockSaga saga, DateTimeOffset now)
    {
        if (saga.CurrentState != saga.Lock.Stage.Name())
            throw new LockInvariantException($"the state machine says {saga.CurrentState}, the lock is {saga.Lock.Stage}");

        return new LockWrite(
            saga.CorrelationId, saga.Version, LockWrite.VersionAfter(saga.Version, now), saga.Lock, saga.ExpiryTokenId, now,
            saga.Enqueued, saga.Dequeued, saga.AttachesTo);
    }

    private async Task ReadLeasesAsync(HashSet<Guid> ids, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
            _leases.Add(id, LeaseSnapshot.NotFound(id));
        foreach (var lease in await store.Leases.LoadAsync(ids, cancellationToken).ConfigureAwait(false))
            _leases[lease.State.Id] = lease.State.AsSeenByLocks();
    }

    private readonly record struct Member(LockSaga Saga, bool IsCached);
}

/// <summary>What became of a commit group.</summary>
/// <param name="Writes">What was written.</param>
/// <param name="Refused">The locks whose stored state was no longer the one that the decisions were made on.</param>
/// <param name="Unverified">The locks whose decisions were made from the cache and changed nothing, or by a time that was wrong.</param>
internal readonly record struct CommitResult(IReadOnlyList<LockWrite> Writes, IReadOnlySet<Guid> Refused, IReadOnlySet<Guid>? Unverified)
{
    /// <summary>Whether the decisions on a lock hold.</summary>
    public bool Holds(Guid id) => !Refused.Contains(id) && Unverified?.Contains(id) is not true;
}
