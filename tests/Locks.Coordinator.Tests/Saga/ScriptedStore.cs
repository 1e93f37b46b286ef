using System.Collections.Concurrent;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>A store that does what a test wants at each call, and remembers what it was asked.</summary>
internal sealed class ScriptedStore(ILockStore? inner = null) : ILockStore
{
    public static readonly IReadOnlySet<Guid> NoneRefused = new HashSet<Guid>();

    private readonly ConcurrentQueue<IReadOnlyList<LockWrite>> _commits = new();
    private readonly ConcurrentQueue<long> _commitTimes = new();
    private int _sweeps;

    public ILockStore Inner { get; } = inner ?? new InMemoryLockStore();

    /// <summary>Called with the number of the commit, from 1; what it returns is returned, unless it is nothing.</summary>
    public Func<int, IReadOnlyList<LockWrite>, Task<IReadOnlySet<Guid>?>>? OnCommit { get; set; }

    /// <summary>Called with the number of the sweep, from 1.</summary>
    public Action<int>? OnFindOverdue { get; set; }

    public IReadOnlyList<IReadOnlyList<LockWrite>> Commits => [.. _commits];

    /// <summary>The system's timestamps of the commits.</summary>
    public IReadOnlyList<long> CommitTimes => [.. _commitTimes];

    /// <summary>How many sweeps have gone all the way through.</summary>
    public int Sweeps => Volatile.Read(ref _sweeps);

    public ILeaseStore Leases => Inner.Leases;

    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        Inner.LoadAsync(ids, cancellationToken);

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

    /// <summary>Refuses all writes, as after a change by somebody else.</summary>
    public static Task<IReadOnlySet<Guid>?> Refuse(IReadOnlyList<LockWrite> writes) =>
        Task.FromResult<IReadOnlySet<Guid>?>(writes.Select(write => write.Id).ToHashSet());

    public static Task<IReadOnlySet<Guid>?> GoOn() => Task.FromResult<IReadOnlySet<Guid>?>(null);

    public static LockStoreUnavailableException Away() => new("the store is away", new TimeoutException("a test says so"));
}
