using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.Simulation.Defects;
using Locks.Simulation.Processes;
using Locks.Simulation.Running;

namespace Locks.Simulation.Stores;

/// <summary>
/// One coordinator's way to the store. A call takes effect some time after it is made, and returns some time after that; in between, the
/// coordinator may die, another one may commit, the store may fail before or after it took effect.
/// </summary>
internal sealed class StoreConnection : ILockStore, IStoreTime
{
    private readonly World _world;
    private readonly TrueStore _store;

    public StoreConnection(World world)
    {
        (_world, _store) = (world, world.Store);
        Leases = new LeaseConnection(this, world.Store, world.Defect);
    }

    /// <summary>The coordinator; to be set before the first call.</summary>
    public CoordinatorProcess Process { get; set; } = null!;

    /// <summary>The coordinator's clock, which every answer of the store sets; to be set before the first call.</summary>
    public CoordinatorClock Clock { get; set; } = null!;

    public ILeaseStore Leases { get; }

    public ILockReader Reader => _store.Inner.Reader;

    public Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken) => CallAsync("time", ReadTime);

    public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        CallAsync("load", () => AlteredReads.Of(_store.Inner.LoadAsync(ids, CancellationToken.None).Result, _world));

    public Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        _world.Tally.Add("commits");
        switch (_world.Defect)
        {
            case Defect.ReplyBeforeCommit when _world.Chance(0.2):
                _ = CallAsync("commit", () => _store.Commit(writes), isCommit: true);
                return Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());
            case Defect.LoseCommit when _world.Chance(0.05):
                return CallAsync<IReadOnlySet<Guid>>("commit", () => new HashSet<Guid>(), isCommit: true);
            case Defect.KeepStaleCache:
                return CallAsync<IReadOnlySet<Guid>>(
                    "commit",
                    () =>
                    {
                        _store.Commit(writes);
                        return new HashSet<Guid>();
                    },
                    isCommit: true);
            default:
                return CallAsync("commit", () => _store.Commit(writes), isCommit: true);
        }
    }

    public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        CallAsync("find overdue locks", () => _store.Inner.FindOverdueAsync(dueBefore, limit, CancellationToken.None).Result);

    public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        CallAsync("purge", () => _store.Purge(idleSince, limit));

    /// <summary>Makes a call.</summary>
    /// <param name="what">What it does, for the history.</param>
    /// <param name="effect">What it does, when it takes effect.</param>
    /// <param name="isCommit">Whether it changes something.</param>
    public async Task<T> CallAsync<T>(string what, Func<T> effect, bool isCommit = false)
    {
        var answer = new TaskCompletionSource<T>();
        if (isCommit && Process.DiesNow(FaultKind.CoordinatorDiesBeforeCommit))
            return await answer.Task;
        if (Process.IsDead)
            return await answer.Task;

        var sentAt = Clock.Elapsed;
        _world.Schedule(Way(), process: null, () => TakeEffect(what, effect, isCommit, sentAt, answer));
        return await answer.Task;
    }

    private void TakeEffect<T>(string what, Func<T> effect, bool isCommit, long sentAt, TaskCompletionSource<T> answer)
    {
        if (_world.Now < _store.AwayUntil || _world.Chance(_world.Plan.Weather.StoreFails))
        {
            _world.Tally.Add("fault: a call of the store failed");
            Fail($"the store failed to {what}");
            return;
        }

        var result = effect();
        if (isCommit && _world.Chance(_world.Plan.Weather.StoreUnknown))
        {
            _world.Tally.Add("fault: the outcome of a commit is unknown");
            Fail("the commit is stored, and its answer is lost");
            return;
        }

        var time = ReadTime();
        Return(() =>
        {
            if (isCommit && Process.DiesNow(FaultKind.CoordinatorDiesAfterCommit))
                return;
            Clock.Observe(sentAt, time);
            answer.SetResult(result);
        });

        void Fail(string why) => Return(() =>
        {
            _world.Tell(Process.Name, why);
            answer.SetException(new LockStoreUnavailableException(why, new TimeoutException(why)));
        });

        void Return(Action run) => _world.Schedule(Way(), Process, run);
    }

    private DateTimeOffset ReadTime() => AlteredReads.TimeOf(_store.Time, Process.Clock, _world.Defect);

    private TimeSpan Way()
    {
        if (!_world.Chance(_world.Plan.Weather.StoreSlow))
            return _world.Latency(1);
        _world.Tally.Add("fault: the store was slow");
        return _world.Latency(180);
    }
}
