using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>From the message to the commit: what is stored when, what is tried again, and that no reply comes before its commit (G2).</summary>
public sealed class RepositoryTests
{
    private readonly ScriptedStore _store = new();

    [Fact]
    public async Task ALockToWhichNothingHappened_IsNotStored()
    {
        await using var coordinator = await StartAsync();

        await coordinator.DeliverAsync(new ReleaseLock(CoordinatorUnderTest.Key, "no token"), Asker.A);
        await coordinator.DeliverAsync(new RenewLock(CoordinatorUnderTest.Key, "no token", TimeSpan.FromSeconds(1)), Asker.A);
        await coordinator.DeliverAsync(new ConfirmGrant(CoordinatorUnderTest.Key, Asker.A.AcquireId, 1));
        await coordinator.DeliverAsync(new LeaseExpired(CoordinatorUnderTest.Key, 1));

        Assert.Empty(_store.Commits);
        Assert.Null(await coordinator.StoredAsync());
    }

    [Fact]
    public async Task ARepeatedAnswer_IsNotStoredAgain()
    {
        await using var coordinator = await StartAsync();
        var grant = await coordinator.AcquireAsync(Asker.A);

        var repeat = (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockAcquired>();

        Assert.Equal(grant, repeat);
        Assert.Single(_store.Commits);
    }

    [Fact]
    public async Task AReply_LeavesOnlyAfterTheCommitThatHoldsIt()
    {
        var reached = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _store.OnCommit = async (_, _) =>
        {
            reached.TrySetResult();
            await goOn.Task;
            return null;
        };
        await using var coordinator = await StartAsync();

        var message = await coordinator.SendAsync(Asker.A.Try(), Asker.A);
        await reached.Task.Within();
        Assert.DoesNotContain(coordinator.AllSent, sent => sent.Cause == message);
        Assert.Null(await coordinator.StoredAsync());
        goOn.SetResult();

        var delivery = await coordinator.DoneAsync(message);
        Assert.Equal((await coordinator.StoredAsync())!.State.Holder!.Token.Value, delivery.Reply<LockAcquired>().OwnerToken);
    }

    [Fact]
    public async Task AConflict_IsDecidedAgain_AndAnsweredOnce()
    {
        _store.OnCommit = (commit, writes) => commit <= 3 ? ScriptedStore.Refuse(writes) : ScriptedStore.GoOn();
        await using var coordinator = await StartAsync();

        var grant = (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockAcquired>();

        Assert.Equal(4, _store.Commits.Count);
        Assert.Equal((await coordinator.StoredAsync())!.State.Holder!.Token.Value, grant.OwnerToken);
        Assert.Equal(1, coordinator.Timer.Count);
    }

    [Fact]
    public async Task AConflict_ThatAnotherCoordinatorHasWon_IsAnsweredWithWhatIsTrueThen()
    {
        _store.OnCommit = async (commit, writes) =>
        {
            if (commit > 1)
                return null;

            // Another coordinator grants the lock to B between this one's read and write.
            var mine = Assert.Single(writes);
            var theirs = mine with { State = mine.State with { Holder = mine.State.Holder! with { AcquireId = Asker.B.AcquireId, Owner = "owner b" } } };
            Assert.Empty(await _store.Inner.CommitAsync([theirs], CancellationToken.None));
            return null;
        };
        await using var coordinator = await StartAsync();

        var denied = (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockDenied>();

        Assert.Equal((DenyReasons.Busy, "owner b"), (denied.Reason, denied.HolderOwner));
        Assert.Equal(0, coordinator.Timer.Count);
    }

    [Fact]
    public async Task AStoreThatIsAway_IsTriedAgainAtGrowingIntervals()
    {
        _store.OnCommit = (commit, _) => commit <= 4 ? throw ScriptedStore.Away() : ScriptedStore.GoOn();
        await using var coordinator = await StartAsync();

        (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockAcquired>();

        Assert.Equal(5, _store.Commits.Count);
        // 50, 100, 200 and 400 ms at least; how much more a busy machine adds proves nothing.
        var expected = 50d;
        foreach (var (earlier, later) in _store.CommitTimes.Zip(_store.CommitTimes.Skip(1)))
        {
            var waited = TimeProvider.System.GetElapsedTime(earlier, later).TotalMilliseconds;
            Assert.True(waited > expected - 20, $"{waited} ms, expected {expected}");
            expected *= 2;
        }
    }

    [Fact]
    public async Task AStoreThatIsAwayForTooLong_IsToldToTheSender_AndTheMessageKept()
    {
        _store.OnCommit = (_, _) => throw ScriptedStore.Away();
        await using var coordinator = await StartAsync(timeoutMs: 200);
        var errors = await coordinator.WatchQueueAsync<AcquireLock>("locks_error");

        var message = await coordinator.SendAsync(Asker.A.Try(), Asker.A);
        var delivery = await coordinator.DoneAsync(message);

        Assert.IsType<LockStoreUnavailableException>(delivery.Fault);
        Assert.Empty(delivery.Replies);
        Assert.Equal(3, _store.Commits.Count);
        Assert.Null(await coordinator.StoredAsync());
        Assert.Equal(0, coordinator.Timer.Count);
        var fault = Assert.Single(coordinator.AllSent, sent => sent.Message is Fault<AcquireLock>);
        Assert.Equal((Asker.A.RequestId, Asker.A.Address), (fault.RequestId, fault.To));
        await Eventually.HoldsAsync(() => errors.Contains(message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task WithoutARetryTimeout_AStoreThatIsAway_IsReportedAtOnce(int timeoutMs)
    {
        _store.OnCommit = (_, _) => throw ScriptedStore.Away();
        await using var coordinator = await StartAsync(timeoutMs);

        var delivery = await coordinator.DeliverAsync(Asker.A.Try(), Asker.A);

        Assert.IsType<LockStoreUnavailableException>(delivery.Fault);
        Assert.Single(_store.Commits);
    }

    [Fact]
    public async Task ConflictsAndAnAwayStore_InTurn_AreBothTriedAgain()
    {
        _store.OnCommit = (commit, writes) => commit switch
        {
            1 or 3 or 4 => throw ScriptedStore.Away(),
            2 or 5 or 6 => ScriptedStore.Refuse(writes),
            _ => ScriptedStore.GoOn(),
        };
        await using var coordinator = await StartAsync();

        (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockAcquired>();

        Assert.Equal(7, _store.Commits.Count);
    }

    [Fact]
    public async Task ACommitThatHappenedAfterAll_IsAnsweredWithTheGrantThatIsStored()
    {
        _store.OnCommit = async (commit, writes) =>
        {
            if (commit > 1)
                return null;
            await _store.Inner.CommitAsync(writes, CancellationToken.None);
            throw ScriptedStore.Away();
        };
        await using var coordinator = await StartAsync();

        var grant = (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockAcquired>();

        Assert.Equal((await coordinator.StoredAsync())!.State.Holder!.Token.Value, grant.OwnerToken);
        Assert.Equal(_store.Commits[0][0].State.Holder!.FencingToken, grant.FencingToken);
    }

    [Fact]
    public async Task ACommitThatHappenedAfterAll_StillEndsWithItsLease()
    {
        _store.OnCommit = async (commit, writes) =>
        {
            if (commit > 1)
                return null;
            await _store.Inner.CommitAsync(writes, CancellationToken.None);
            throw ScriptedStore.Away();
        };
        // The timer was called off with the attempt that seemed to fail, so this one is left to the sweeper.
        await using var coordinator = await CoordinatorUnderTest.StartAsync(options => options.SweepInterval = TimeSpan.FromSeconds(2), _store);

        (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockAcquired>();
        await Eventually.HoldsAsync(() => _store.Sweeps > 0);
        for (var round = 1; round <= 4; round++)
        {
            var sweeps = _store.Sweeps;
            coordinator.Time.Advance(TimeSpan.FromSeconds(round == 1 ? 30 : 2));
            await Eventually.HoldsAsync(() => _store.Sweeps > sweeps);
        }

        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");
    }

    [Fact]
    public async Task RequestsForOneKey_AreDecidedOneAfterAnother()
    {
        await using var coordinator = await StartAsync();
        var askers = Enumerable.Range(0, 50).Select(i => new Asker($"crowd {i}")).ToList();

        var messages = await Task.WhenAll(askers.Select(asker => coordinator.SendAsync(asker.Try(), asker)));
        var deliveries = await Task.WhenAll(messages.Select(coordinator.DoneAsync));

        Assert.Single(deliveries, delivery => delivery.Replies.Any(sent => sent.Message is LockAcquired));
        Assert.All(deliveries, delivery => Assert.Single(delivery.Replies));
        // No conflict was ever provoked, however many were decided together: each write follows the one before.
        var writes = _store.Commits.Select(commit => Assert.Single(commit)).ToList();
        Assert.Equal([0, .. writes.SkipLast(1).Select(write => write.NewVersion)], writes.Select(write => write.ExpectedVersion));
    }

    [Fact]
    public async Task TheRepository_LoadsALockThatMassTransitAsksFor()
    {
        await using var coordinator = await StartAsync();
        var grant = await coordinator.AcquireAsync(Asker.A);

        var factory = new LockSagaRepository(_store, coordinator.Timer, coordinator.Get<PartitionWorkers>());
        var saga = await factory.Execute(context => context.Load(LockKey.ToId(grant.Key)), TestContext.Current.CancellationToken);

        Assert.Equal(("Held", grant.FencingToken), (saga.CurrentState, saga.Lock.LastFence));
        Assert.NotNull(saga.ExpiryTokenId);
    }

    [Fact]
    public async Task ADecisionOnAnotherStateThanTheSagas_IsRefused()
    {
        await using var coordinator = await StartAsync();
        await coordinator.AcquireAsync(Asker.A);
        var saga = LockSaga.NeverTaken(CoordinatorUnderTest.Key);

        Assert.Throws<LockInvariantException>(
            () => saga.Apply(Decision.Nothing(LockState.NeverTaken(CoordinatorUnderTest.Key))));
    }

    private Task<CoordinatorUnderTest> StartAsync(int timeoutMs = 20_000) =>
        CoordinatorUnderTest.StartAsync(options => options.StoreRetryTimeout = TimeSpan.FromMilliseconds(timeoutMs), _store);
}
