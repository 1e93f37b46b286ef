using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Domain;
using Locks.Coordinator.Tests.Domain.Leases;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga.Leases;

/// <summary>The locks of a lease that has ended are passed on: in batches, each lock with its own commit's replies and timers.</summary>
public sealed class LeaseReleaseProcessorTests
{
    private const int BatchSize = 256;

    private static readonly Guid Id = LockKey.ToId("lease");

    private readonly ScriptedStore _store = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task AllLocks_AreFreed_ABatchAtATime()
    {
        await StoreLocksAsync(600);
        await using var coordinator = await StartAsync();

        await EndAsync(coordinator);

        Assert.Equal([BatchSize, BatchSize, 88], _store.Commits.Select(writes => writes.Count));
        Assert.Empty(await _store.Leases.FindLocksAsync(Id, 1, CancellationToken.None));
        foreach (var i in new[] { 0, 255, 256, 599 })
            Assert.Equal("Free", await coordinator.StateAsync(KeyOf(i)));
        Assert.Equal(0, coordinator.Timer.Count);
    }

    [Fact]
    public async Task LocksWithWaiters_ComeFirst_AndTheirWaitersAreGrantedOnce()
    {
        await StoreLocksAsync(600, waits: i => i >= 590);
        await using var coordinator = await StartAsync();

        await EndAsync(coordinator);

        Assert.Equal(10, _store.Commits[0].Count(write => write.State.Holder is not null));
        for (var i = 590; i < 600; i++)
        {
            var grant = Assert.Single(GrantsOf(coordinator, i));
            var holder = (await coordinator.StoredAsync(KeyOf(i)))!.State.Holder!;
            Assert.Equal((Waiter(i).Id, holder.Token.Value, TimeSpan.FromSeconds(10)), (grant.AcquireId, grant.OwnerToken, grant.Lease));
        }

        Assert.Equal(10, coordinator.AllSent.Count(sent => sent.Message is LockAcquired));
    }

    [Fact]
    public async Task TheGrants_LeaveOnlyAfterTheirCommit_AndTheTimersStartWithIt()
    {
        await StoreLocksAsync(3, waits: _ => true);
        var reached = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _store.OnCommit = async (_, _) =>
        {
            reached.TrySetResult();
            await goOn.Task;
            return null;
        };
        await using var coordinator = await StartAsync();

        await coordinator.SendAsync(new RevokeLease(Id, "operator"), Asker.B);
        await reached.Task.Within();
        var tooEarly = coordinator.AllSent.Count(sent => sent.Message is LockAcquired or LockLost) + coordinator.Timer.Count;
        goOn.SetResult();
        Assert.Equal(0, tooEarly);

        await coordinator.LeaseIsAsync(Id, LeaseStage.Ended);
        await Eventually.HoldsAsync(() => coordinator.AllSent.Count(sent => sent.Message is LockAcquired) == 3);
        Assert.Equal(3, coordinator.Timer.Count);
    }

    [Fact]
    public async Task EachLock_HasItsOwnTimer()
    {
        await StoreLocksAsync(5, waits: i => i > 0);
        await using var coordinator = await StartAsync();
        await EndAsync(coordinator);
        Assert.Equal(4, coordinator.Timer.Count);
        var stored = await _store.LoadAsync([.. Enumerable.Range(0, 5).Select(i => LockKey.ToId(KeyOf(i)))], CancellationToken.None);
        Assert.Equal(5, stored.Select(found => found.ExpiryTokenId).Distinct().Count());

        // One confirms, one releases its lock. The other two are silent.
        var confirmed = Assert.Single(GrantsOf(coordinator, 1));
        await coordinator.DeliverAsync(new ConfirmGrant(confirmed.Key, confirmed.AcquireId, confirmed.FencingToken));
        var released = Assert.Single(GrantsOf(coordinator, 2));
        await coordinator.DeliverAsync(new ReleaseLock(released.Key, released.OwnerToken), Asker.C);
        Assert.Equal(3, coordinator.Timer.Count);
        _time.Advance(TimeSpan.FromSeconds(10));

        await Eventually.HoldsAsync(async () => await coordinator.StateAsync(KeyOf(3)) == "Free" && await coordinator.StateAsync(KeyOf(4)) == "Free");
        Assert.Equal("Held", await coordinator.StateAsync(KeyOf(1)));
        Assert.Equal(1, coordinator.Timer.Count);
    }

    [Fact]
    public async Task ALockThatIsStillWaitedFor_IsDueWhenItsNextWaiterGivesUp()
    {
        await StoreLocksAsync(1, waits: _ => true);
        await using var coordinator = await StartAsync();
        (await coordinator.DeliverAsync(Asker.C.Wait(5) with { Key = KeyOf(0) }, Asker.C)).Silent();
        Assert.Equal(1, coordinator.Timer.Count);

        await EndAsync(coordinator);

        Assert.Equal(1, coordinator.Timer.Count);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DenyReasons.WaitTimedOut, (await coordinator.ReplyAsync<LockDenied>(Asker.C)).Reason);
    }

    [Fact]
    public async Task ALockThatAnotherWriterHas_IsFreedByTheNextBatch_AndTheOthersDoNotWaitForIt()
    {
        await StoreLocksAsync(3, waits: _ => true);
        var busy = LockKey.ToId(KeyOf(1));
        _store.OnCommit = async (commit, writes) =>
        {
            if (commit > 1)
                return null;
            Assert.Empty(await _store.Inner.CommitAsync([.. writes.Where(write => write.Id != busy)], CancellationToken.None));
            return new HashSet<Guid> { busy };
        };
        await using var coordinator = await StartAsync();

        await EndAsync(coordinator);

        Assert.Equal([3, 1], _store.Commits.Select(writes => writes.Count));
        Assert.Equal(busy, _store.Commits[1][0].Id);
        for (var i = 0; i < 3; i++)
        {
            var holder = (await coordinator.StoredAsync(KeyOf(i)))!.State.Holder!;
            Assert.Equal((Waiter(i).Id, holder.FencingToken), (Assert.Single(GrantsOf(coordinator, i)).AcquireId, GrantsOf(coordinator, i)[0].FencingToken));
        }

        Assert.Equal(3, coordinator.Timer.Count);
    }

    [Fact]
    public async Task AStoreThatIsAwayMeanwhile_IsTriedAgain_AndEachClientIsToldOnce()
    {
        await StoreLocksAsync(3, waits: _ => true);
        var looks = 0;
        _store.OnFindLocks = () =>
        {
            if (Interlocked.Increment(ref looks) == 1)
                throw ScriptedStore.Away();
        };
        _store.OnCommit = (commit, _) => commit <= 2 ? throw ScriptedStore.Away() : ScriptedStore.GoOn();
        await using var coordinator = await StartAsync();

        await EndAsync(coordinator);

        Assert.All(Enumerable.Range(0, 3), i => Assert.Single(GrantsOf(coordinator, i)));
        Assert.Equal(3, coordinator.Timer.Count);
        Assert.Equal(3, _store.Commits.Count);
    }

    [Fact]
    public async Task HoldersElsewhere_AreTold_AndTheLeasesOwnerIsNot()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);
        await coordinator.DeliverAsync(Asker.A.On(Id, "a"), Asker.A);
        await coordinator.DeliverAsync(Asker.B.On(Id, "b"), Asker.B);

        await EndAsync(coordinator);

        var lost = Assert.Single(coordinator.AllSent, sent => sent.Message is LockLost);
        Assert.Equal((Asker.B.RequestId, Asker.B.Address, false), (lost.RequestId, lost.To, lost.IsDurable));
        var message = (LockLost)lost.Message;
        Assert.Equal(("b", LossReasons.LeaseEnded, null), (message.Key, message.Reason, message.By));
        Assert.NotNull(message.FencingToken);
        Assert.Equal(("Free", "Free"), (await coordinator.StateAsync("a"), await coordinator.StateAsync("b")));
    }

    [Fact]
    public async Task AWaiterOnTheSameLease_IsPassedOver_AndTheNextOneIsGranted()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);
        await coordinator.DeliverAsync(Asker.A.On(Id), Asker.A);
        await coordinator.DeliverAsync(Asker.B.On(Id) with { Wait = TimeSpan.FromSeconds(60) }, Asker.B);
        await coordinator.DeliverAsync(Asker.C.Wait(), Asker.C);

        await EndAsync(coordinator);

        Assert.Equal(DenyReasons.LeaseNotFound, (await coordinator.ReplyAsync<LockDenied>(Asker.B)).Reason);
        Assert.Equal(Asker.C.AcquireId, (await coordinator.ReplyAsync<LockAcquired>(Asker.C)).AcquireId);
        Assert.Equal((await coordinator.StoredAsync())!.State.Holder!.AcquireId, Asker.C.AcquireId);
    }

    // The sweeper may send a LeaseDue of its own while the first ones are under way.
    [Fact]
    public async Task SeveralLeaseDueAtOnce_ReleaseEachLockOnce()
    {
        await StoreLocksAsync(50, waits: _ => true);
        await using var coordinator = await StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => coordinator.SendAsync(new LeaseDue(Id))));
        await EndAsync(coordinator);

        Assert.All(Enumerable.Range(0, 50), i => Assert.Single(GrantsOf(coordinator, i)));
        Assert.Equal(50, coordinator.Timer.Count);
        Assert.Single(_store.Commits);
    }

    private static string KeyOf(int i) => $"lock {i:D3}";

    private static Attempt Waiter(int i) => new($"waiter-{i}");

    private static List<LockAcquired> GrantsOf(CoordinatorUnderTest coordinator, int i) =>
        [.. coordinator.AllSent.Where(sent => sent.To == Waiter(i).ReplyTo.Address && sent.RequestId == Waiter(i).ReplyTo.RequestId).Select(sent => sent.Message).Cast<LockAcquired>()];

    private Task<CoordinatorUnderTest> StartAsync() => CoordinatorUnderTest.StartAsync(store: _store, time: _time);

    /// <summary>Revokes the lease; waits until no lock is left on it, and everything that follows has been sent.</summary>
    private static async Task EndAsync(CoordinatorUnderTest coordinator)
    {
        await coordinator.DeliverAsync(new RevokeLease(Id, "operator"), Asker.B);
        // The note that finds no lock left is sent after the replies to the last batch.
        await coordinator.LeaseIsAsync(Id, LeaseStage.Ended);
    }

    /// <summary>A lease of A's, with so many locks on it. Some of them have waiters.</summary>
    private async Task StoreLocksAsync(int count, Func<int, bool>? waits = null)
    {
        var lease = LeaseUnderTest.In(LeaseStage.Active).State;
        Assert.Equal(Id, lease.Id);
        await _store.Inner.Leases.CommitAsync([new LeaseWrite(0, 1, lease, LockKey.ToId("timer"), _time.GetUtcNow())], CancellationToken.None);

        var rules = new LockRules();
        var group = new CommitGroup(_store.Inner, new CoordinatorClock(_time), []);
        for (var i = 0; i < count; i++)
        {
            var saga = LockSaga.NeverTaken(KeyOf(i));
            group.Add(saga);
            saga.Apply(rules.Decide(saga.Lock, Attempt.A.Try() with { Lease = lease.AsSeenByLocks() }, _time.GetUtcNow()));
            if (waits?.Invoke(i) == true)
            {
                saga.Apply(rules.Decide(saga.Lock, Waiter(i).Wait(), _time.GetUtcNow()));
                saga.ExpiryTokenId = LockKey.ToId($"timer {i}");
            }

            saga.CurrentState = "Held";
        }

        Assert.Empty((await group.CommitAsync(CancellationToken.None)).Refused);
    }
}
