using Locks.Contracts;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Scheduling;

/// <summary>Locks whose timers died with their coordinator are found, and locks that are free for long are deleted (G5).</summary>
public sealed class SweeperTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private static readonly Guid Lease = LockKey.ToId("lease");

    private readonly ScriptedStore _store = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task OverdueLocks_AreFreedAtTheStart()
    {
        await LeaveLockBehindAsync();
        _time.Advance(TimeSpan.FromSeconds(32));

        await using var coordinator = await StartAsync(interval: TimeSpan.FromHours(1));

        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
        Assert.Contains(coordinator.Logs.Lines, line => line.Contains("Waking 1 overdue lock(s)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ManyOverdueLocks_AreFreedInSets_InOneRound_AndWithoutAMessage()
    {
        await LeaveLocksBehindAsync(2_500);
        var looks = 0;
        _store.OnFindOverdue = _ => Interlocked.Increment(ref looks);

        await using var coordinator = await StartAsync(interval: TimeSpan.FromHours(1));
        await Eventually.HoldsAsync(() => _store.Sweeps == 1);

        Assert.Empty(await OverdueAsync());
        Assert.Equal([1_000, 1_000, 500], _store.Commits.Select(writes => writes.Count));
        Assert.Equal(4, looks);
        Assert.Equal(0, coordinator.Received);
    }

    [Fact]
    public async Task ALockThatCannotBeWoken_DoesNotHoldUpTheOthers_AndIsNotTriedAgainInTheSameRound()
    {
        await LeaveLocksBehindAsync(2_500, spoilt: "key 7");
        var looks = 0;
        _store.OnFindOverdue = _ => Interlocked.Increment(ref looks);

        await using var coordinator = await StartAsync(interval: TimeSpan.FromHours(1));
        await Eventually.HoldsAsync(() => _store.Sweeps == 1);

        Assert.Equal("key 7", Assert.Single(await OverdueAsync()).Key);
        Assert.Equal(4, looks);
        Assert.Contains(coordinator.Logs.Lines, line => line.Contains("The sweep for overdue locks failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LocksThatAnotherWriterKeepsChanging_AreLeftToTheNextRound()
    {
        await LeaveLocksBehindAsync(10);
        var looks = 0;
        _store.OnFindOverdue = _ => Interlocked.Increment(ref looks);
        _store.OnCommit = (_, writes) => ScriptedStore.Refuse(writes);
        await using var coordinator = await StartAsync();
        await Eventually.HoldsAsync(() => _store.Sweeps == 1);
        Assert.Equal((10, 2), ((await OverdueAsync()).Count, looks));

        _store.OnCommit = null;
        await SweptAsync(() => _time.Advance(Interval));

        Assert.Empty(await OverdueAsync());
    }

    [Fact]
    public async Task AWaiterOfADeadCoordinator_IsGrantedByTheNext()
    {
        await LeaveLockBehindAsync(waits: true);
        _time.Advance(TimeSpan.FromSeconds(32));

        await using var coordinator = await StartAsync(interval: TimeSpan.FromHours(1));

        var grant = await coordinator.ReplyAsync<LockAcquired>(Asker.B);
        Assert.Equal(Asker.B.AcquireId, grant.AcquireId);
        await Eventually.HoldsAsync(() => coordinator.Timer.Count == 1);
    }

    [Fact]
    public async Task LocksThatBecomeOverdue_AreFreedOneGraceAndOneIntervalLaterAtMost()
    {
        await LeaveLockBehindAsync();
        await using var coordinator = await StartAsync();
        await Eventually.HoldsAsync(() => _store.Sweeps >= 1);

        // Due at 30 s; at 30 s it is not overdue for longer than the grace of 1 s, at 32 s it is.
        await SweptAsync(() => _time.Advance(TimeSpan.FromSeconds(30)));
        Assert.Equal("Held", await coordinator.StateAsync());
        await SweptAsync(() => _time.Advance(Interval));

        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
    }

    [Fact]
    public async Task ALeaseOfADeadCoordinator_Ends_AndItsLocksArePassedOn()
    {
        await LeaveLeaseBehindAsync();
        _time.Advance(TimeSpan.FromSeconds(32));

        await using var coordinator = await StartAsync(interval: TimeSpan.FromHours(1));

        await coordinator.LeaseIsAsync(Lease, LeaseStage.Ended);
        Assert.Equal(LossReasons.Expired, (await coordinator.ReplyAsync<LeaseEnded>(Asker.A)).Reason);
        Assert.Equal(Asker.B.AcquireId, (await coordinator.ReplyAsync<LockAcquired>(Asker.B)).AcquireId);
        Assert.Contains(coordinator.Logs.Lines, line => line.Contains("Waking 1 overdue shared lease(s)", StringComparison.Ordinal));
    }

    // The lease's end is stored, and the coordinator is gone before it has passed on a single lock.
    [Fact]
    public async Task ALeaseThatHasEnded_WhoseCoordinatorDiedThen_LosesItsLocksToTheNext()
    {
        await LeaveLeaseBehindAsync(hasEnded: true);
        await using var coordinator = await StartAsync();
        await Eventually.HoldsAsync(() => _store.Sweeps >= 1);
        Assert.Equal(LeaseStage.Ending, (await coordinator.StoredLeaseAsync(Lease))!.State.Stage);

        await SweptAsync(() => _time.Advance(Interval));

        await coordinator.LeaseIsAsync(Lease, LeaseStage.Ended);
        Assert.Equal(Asker.B.AcquireId, (await coordinator.ReplyAsync<LockAcquired>(Asker.B)).AcquireId);
        await Eventually.HoldsAsync(() => coordinator.Timer.Count == 1);
    }

    [Fact]
    public async Task ALeaseThatHasEnded_IsForgottenAfterTheRetention_AndNotASecondSooner()
    {
        await using var coordinator = await StartAsync(interval: TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(() => _store.Sweeps >= 1);
        await coordinator.DeliverAsync(Asker.A.Grant(Lease), Asker.A);
        await coordinator.DeliverAsync(new RevokeLease(Lease, "owner a"), Asker.A);
        await coordinator.LeaseIsAsync(Lease, LeaseStage.Ended);

        await SweptAsync(() => _time.Advance(TimeSpan.FromHours(1)));
        Assert.NotNull(await coordinator.StoredLeaseAsync(Lease));
        await SweptAsync(() => _time.Advance(TimeSpan.FromMinutes(1)));
        await SweptAsync(() => _time.Advance(TimeSpan.FromMinutes(1)));

        await Eventually.HoldsAsync(async () => await coordinator.StoredLeaseAsync(Lease) is null);
    }

    [Fact]
    public async Task AStoreThatThrows_IsSweptAgain()
    {
        await LeaveLockBehindAsync();
        var attempts = 0;
        _store.OnFindOverdue = _ =>
        {
            if (Interlocked.Increment(ref attempts) <= 3)
                throw attempts == 1 ? ScriptedStore.Away() : new InvalidOperationException("a defect of the store");
        };
        await using var coordinator = await StartAsync();
        for (var round = 1; round <= 3; round++)
        {
            await Eventually.HoldsAsync(() => coordinator.Logs.Lines.Count(line => line.Contains("The sweep for overdue locks failed", StringComparison.Ordinal)) >= round);
            _time.Advance(round == 3 ? TimeSpan.FromSeconds(32) : Interval);
        }

        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
    }

    [Fact]
    public async Task ALockThatIsUnusedForTheRetention_IsForgotten_AndNotASecondSooner()
    {
        await using var coordinator = await StartAsync(interval: TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(() => _store.Sweeps >= 1);
        var grant = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken), Asker.A);
        await coordinator.DeliverAsync(Asker.B.Try(lease: 24 * 3600, key: "held"), Asker.B);

        await SweptAsync(() => _time.Advance(TimeSpan.FromHours(1)));
        Assert.NotNull(await coordinator.StoredAsync());
        await SweptAsync(() => _time.Advance(TimeSpan.FromMinutes(1)));
        await SweptAsync(() => _time.Advance(TimeSpan.FromMinutes(1)));

        await Eventually.HoldsAsync(async () => await coordinator.StoredAsync() is null);
        Assert.Equal("Held", await coordinator.StateAsync("held"));
        Assert.True((await coordinator.AcquireAsync(Asker.C)).FencingToken > grant.FencingToken);
    }

    private Task<CoordinatorUnderTest> StartAsync(TimeSpan? interval = null) =>
        CoordinatorUnderTest.StartAsync(options => options.SweepInterval = interval ?? Interval, _store, _time);

    /// <summary>Lets time pass, and waits until the sweep that follows is through.</summary>
    private async Task SweptAsync(Action passTime)
    {
        var sweeps = _store.Sweeps;
        passTime();
        await Eventually.HoldsAsync(() => _store.Sweeps > sweeps);
    }

    /// <summary>A holds the lock for 30 s, by the word of a coordinator that is gone.</summary>
    private async Task LeaveLockBehindAsync(bool waits = false)
    {
        await using var dead = await CoordinatorUnderTest.StartAsync(store: _store.Inner, time: _time);
        await dead.AcquireAsync(Asker.A);
        if (waits)
            await dead.DeliverAsync(Asker.B.Wait(), Asker.B);
    }

    /// <summary>A holds as many locks that are overdue by now; the row of one may make no sense.</summary>
    private async Task LeaveLocksBehindAsync(int count, string? spoilt = null)
    {
        await LeaveLockBehindAsync();
        var (_, version, held, timer) = (await _store.Inner.LoadAsync([LockKey.ToId(CoordinatorUnderTest.Key)], CancellationToken.None)).Single();
        var rows = Enumerable.Range(1, count - 1)
            .Select(number => held with { Key = $"key {number}" })
            .Select(state => state.Key == spoilt ? state with { LastFence = state.LastFence + 1 } : state)
            .Select(state => new LockWrite(LockKey.ToId(state.Key), 0, version, state, timer, _time.GetUtcNow(), [], [], []))
            .ToList();
        Assert.Empty(await _store.Inner.CommitAsync(rows, CancellationToken.None));
        _time.Advance(TimeSpan.FromSeconds(32));
    }

    private Task<IReadOnlyList<OverdueLock>> OverdueAsync() => _store.Inner.FindOverdueAsync(_time.GetUtcNow(), 10_000, CancellationToken.None);

    /// <summary>A holds the lock on a lease of 30 s, and B waits for it, by the word of a coordinator that is gone.</summary>
    private async Task LeaveLeaseBehindAsync(bool hasEnded = false)
    {
        await using (var dead = await CoordinatorUnderTest.StartAsync(store: _store.Inner, time: _time))
        {
            await dead.DeliverAsync(Asker.A.Grant(Lease), Asker.A);
            await dead.DeliverAsync(Asker.A.On(Lease), Asker.A);
            await dead.DeliverAsync(Asker.B.Wait(), Asker.B);
        }

        if (!hasEnded)
            return;

        var (version, lease, _) = (await _store.Leases.LoadAsync([Lease], CancellationToken.None)).Single();
        var end = new LeaseEnd(LossReasons.Revoked, "operator", _time.GetUtcNow());
        Assert.Empty(await _store.Leases.CommitAsync(
            [new LeaseWrite(version, version + 1, lease with { Stage = LeaseStage.Ending, End = end }, DueTokenId: null, end.At)],
            CancellationToken.None));
    }
}
