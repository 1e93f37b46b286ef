using System.Collections.Concurrent;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>A store that does what a test wants at each call, and remembers what it was asked.</summary>
internal sealed class ScriptedStore(ILockStore? inner = null) : ILockStore
{
    public static readonly IReadOnlySet<Guid> NoneRefused = new HashSet<Guid>();

    private readonly ConcurrentQueue<IReadOnlyList<LockWrite>> _commits = new();
    private readonly ConcurrentQueue<IReadOnlyList<LeaseWrite>> _leaseCommits = new();
    private readonly ConcurrentQueue<long> _commitTimes = new();
    private int _sweeps;
    private int _loads;

    public ILockStore Inner { get; } = inner ?? new InMemoryLockStore();

    /// <summary>Called with the number of the commit, from 1; what it returns is returned, unless it is nothing.</summary>
    public Func<int, IReadOnlyList<LockWrite>, Task<IReadOnlySet<Guid>?>>? OnCommit { get; set; }

    /// <summary>The same for the leases.</summary>
    public Func<int, IReadOnlyList<LeaseWrite>, Task<IReadOnlySet<Guid>?>>? OnLeaseCommit { get; set; }

    /// <summary>Called when locks or leases are read to decide about them.</summary>
    public Action? OnLoad { get; set; }

    /// <summary>Called when the locks of a lease are looked for.</summary>
    public Action? OnFindLocks { get; set; }

    /// <summary>Called with the number of the sweep, from 1.</summary>
    public Action<int>? OnFindOverdue { get; set; }

    public IReadOnlyList<IReadOnlyList<LockWrite>> Commits => [.. _commits];

    public IReadOnlyList<IReadOnlyList<LeaseWrite>> LeaseCommits => [.. _leaseCommits];

    /// <summary>The system's timestamps of the commits.</summary>
    public IReadOnlyList<long> CommitTimes => [.. _commitTimes];

    /// <summary>How many sweeps have gone all the way through.</summary>
    public int Sweeps => Volatile.Read(ref _sweeps);

    /// <summary>How often locks were read.</summary>
    public int Loads => Volatile.Read(ref _loads);

    public ILeaseStore Leases => new ScriptedLeases(this);

    /// <summary>Called before something is read for people to look at.</summary>
    public Action? OnRead { get; set; }

    public ILockReader Reader
    {
        get
        {
            OnRead?.Invoke();
            return Inner.Reader;
        }
    }

    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        OnLoad?.Invoke();
        return Inner.LoadAsync(ids, cancellationToken);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        _commits.Enqueue(writes);
        _commitTimes.Enqueue(TimeProvider.System.GetTimestamp());
        return OnCommit is not null && await OnCommit(_commits.Count, writes) is { } refused
            ? refused
            : await Inner.CommitAsync(writes, cancellationToken);
    }

    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken)
    {
        OnFindOverdue?.Invoke(Sweeps + 1);
        return Inner.FindOverdueAsync(dueBefore, limit, cancellationToken);
    }

    public async Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken)
    {
        var purged = await Inner.PurgeIdleAsync(idleSince, limit, cancellationToken);
        Interlocked.Increment(ref _sweeps);
        return purged;
    }

    private async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        _leaseCommits.Enqueue(writes);
        return OnLeaseCommit is not null && await OnLeaseCommit(_leaseCommits.Count, writes) is { } refused
            ? refused
            : await Inner.Leases.CommitAsync(writes, cancellationToken);
    }

    /// <summary>Refuses all writes, as after a change by another writer.</summary>
    public static Task<IReadOnlySet<Guid>?> Refuse(IReadOnlyList<LockWrite> writes) =>
        Task.FromResult<IReadOnlySet<Guid>?>(writes.Select(write => write.Id).ToHashSet());

    public static Task<IReadOnlySet<Guid>?> Refuse(IReadOnlyList<LeaseWrite> writes) =>
        Task.FromResult<IReadOnlySet<Guid>?>(writes.Select(write => write.State.Id).ToHashSet());

    public static Task<IReadOnlySet<Guid>?> GoOn() => Task.FromResult<IReadOnlySet<Guid>?>(null);

    public static LockStoreUnavailableException Away() => new("the store is away", new TimeoutException("a test says so"));

    private sealed class ScriptedLeases(ScriptedStore store) : ILeaseStore
    {
        private readonly ILeaseStore _inner = store.Inner.Leases;

        public Task<IReadOnlyList<StoredLease>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
        {
            store.OnLoad?.Invoke();
            return _inner.LoadAsync(ids, cancellationToken);
        }

        public Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken) =>
            store.CommitAsync(writes, cancellationToken);

        public Task<IReadOnlyList<Guid>> FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken)
        {
            store.OnFindLocks?.Invoke();
            return _inner.FindLocksAsync(leaseId, limit, cancellationToken);
        }

        public Task<IReadOnlyList<Guid>> FindWaitedForAsync(Guid leaseId, int limit, CancellationToken cancellationToken) =>
            _inner.FindWaitedForAsync(leaseId, limit, cancellationToken);

        public Task<int> CountLocksAsync(Guid leaseId, CancellationToken cancellationToken) => _inner.CountLocksAsync(leaseId, cancellationToken);

        public Task<IReadOnlyList<OverdueLease>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
            _inner.FindOverdueAsync(dueBefore, limit, cancellationToken);

        public Task<int> PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken) =>
            _inner.PurgeEndedAsync(endedSince, limit, cancellationToken);
    }
}
