using System.Collections.Immutable;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Saga.Repository;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using MassTransit;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The locks that are worked on together: each is read once, from memory where it is warm, driven through all events that are there for it,
/// and all are committed as one set.
/// </summary>
internal sealed class CommitGroup(ILockStore store, CoordinatorClock clock, IReadOnlyList<WorkItem> works) : IUnitOfWork<LockSaga>
{
    private readonly Dictionary<Guid, Member> _members = new(works.Count);
    private readonly Dictionary<Guid, SharedLease> _leases = [];
    private DeferredSchedules? _timers;
    private MessageSchedulerContext? _scheduler;
    private Dictionary<Guid, (WorkItem Work, Exception Why)>? _spoilt;

    public IReadOnlyList<WorkItem> Works => works;

    /// <summary>Reads what the events are about.</summary>
    /// <param name="warm">What is known of a lock without asking the store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReadAsync(Func<Guid, StoredLock?> warm, CancellationToken cancellationToken)
    {
        HashSet<Guid>? cold = null;
        foreach (var work in works)
        {
            if (_members.ContainsKey(work.LockId) || cold?.Contains(work.LockId) is true)
                continue;
            if (warm(work.LockId) is { } known)
                _members.Add(work.LockId, new Member(LockUnitOfWork.ToSaga(known), IsWarm: true));
            else
                (cold ??= []).Add(work.LockId);
        }

        if (cold is not null)
        {
            foreach (var stored in await store.LoadAsync(cold, cancellationToken).ConfigureAwait(false))
                _members.Add(stored.Id, new Member(LockUnitOfWork.ToSaga(stored), IsWarm: false));
        }

        HashSet<Guid>? leases = null;
        foreach (var work in works)
        {
            if (work.LeaseId is { } leaseId)
                (leases ??= []).Add(leaseId);
        }

        if (leases is null)
            return;

        foreach (var id in leases)
            _leases.Add(id, SharedLease.NotFound(id));
        foreach (var lease in await store.Leases.LoadAsync(leases, cancellationToken).ConfigureAwait(false))
            _leases[lease.State.Id] = lease.State.AsSeenByLocks();
    }

    /// <summary>The scheduler of all commands in the group, one after the other: each has its changes recorded by itself.</summary>
    public MessageSchedulerContext SchedulerFor(ConsumeContext context, InProcessScheduler timer, out DeferredSchedules timers)
    {
        timers = _timers ??= new DeferredSchedules(timer);
        return _scheduler ??= timers.SchedulerFor(context);
    }

    /// <summary>A shared lease that one of the events named.</summary>
    public SharedLease Lease(Guid id) => _leases[id];

    /// <summary>The saga of a key, whether it was ever stored or not.</summary>
    public LockSaga Find(Guid id, string key)
    {
        if (_members.TryGetValue(id, out var member))
            return member.Saga;

        var saga = LockSaga.NeverTaken(key);
        Add(saga);
        return saga;
    }

    public Task<LockSaga?> LoadAsync(Guid id, CancellationToken cancellationToken) =>
        Task.FromResult<LockSaga?>(_members.TryGetValue(id, out var member) ? member.Saga : null);

    public void Add(LockSaga saga) => _members.Add(saga.CorrelationId, new Member(saga, IsWarm: false));

    /// <summary>Nothing yet: the worker commits for all.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Raises one event. One that fails takes its lock out of the commit, and nothing else.</summary>
    public async Task RunAsync(WorkItem work)
    {
        if (_spoilt?.ContainsKey(work.LockId) is true)
            return;

        try
        {
            await work.RunAsync(this).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, it is this event's and nobody else's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _members.Remove(work.LockId);
            (_spoilt ??= []).Add(work.LockId, (work, exception));
        }
    }

    /// <summary>Why nothing came of an event in a commit that went through; nothing if something did.</summary>
    public Exception? WhyNot(WorkItem work, Committed committed)
    {
        if (_spoilt?.TryGetValue(work.LockId, out var spoilt) is true)
            return spoilt.Work == work ? spoilt.Why : Again();
        return committed.Holds(work.LockId) ? null : Again();

        LockConflictException Again() => new(new HashSet<Guid> { work.LockId });
    }

    /// <summary>Stores what has changed, durably, and finds out which decisions do not hold.</summary>
    /// <returns>The locks whose decisions do not hold, because the state they were made on was no longer the stored one, or may not have been.</returns>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached; the changes may or may not be stored.</exception>
    public async Task<Committed> CommitSetAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var writes = new List<LockWrite>(_members.Count);
        HashSet<Guid>? doubtful = null;
        foreach (var (id, member) in _members)
        {
            if (member.Saga.HasChanged)
                writes.Add(LockUnitOfWork.ToWrite(member.Saga, now));
            // Nothing is written whose version the store could check, so an answer from memory might tell of a state that is over.
            else if (member.IsWarm)
                (doubtful ??= []).Add(id);
        }

        var refused = writes.Count == 0
            ? ImmutableHashSet<Guid>.Empty
            : await store.CommitAsync(writes, cancellationToken).ConfigureAwait(false);
        return new Committed(writes, refused, doubtful);
    }

    /// <summary>What has become of a group.</summary>
    internal readonly record struct Committed(IReadOnlyList<LockWrite> Writes, IReadOnlySet<Guid> Refused, IReadOnlySet<Guid>? Doubtful)
    {
        public bool Holds(Guid id) => !Refused.Contains(id) && Doubtful?.Contains(id) is not true;
    }

    private readonly record struct Member(LockSaga Saga, bool IsWarm);
}
