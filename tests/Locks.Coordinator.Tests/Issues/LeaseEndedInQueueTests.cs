using Locks.Contracts;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Saga;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>
/// A shared lease ended while an attempt of another process waited for a lock on it: the attempt was told when its wait was over, or when its
/// turn came, though no grant could come of it from the end of the lease on.
/// </summary>
public sealed class LeaseEndedInQueueTests
{
    private static readonly Guid Id = LockKey.ToId("lease");
    private static readonly Asker Owner = new("lease owner");
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(10);

    private readonly ScriptedStore _store = new();

    [Fact]
    public async Task AWaiterInAnyPlace_IsRefusedAtOnce_WhenItsLeaseIsRevoked()
    {
        await using var coordinator = await StartAsync();
        await coordinator.AcquireAsync(Asker.A, lease: 600);
        await coordinator.DeliverAsync(Asker.C.Wait(), Asker.C);
        await coordinator.DeliverAsync(Asker.B.On(Id) with { Wait = Wait }, Asker.B);

        await EndAsync(coordinator);

        await IsRefusedAsync(coordinator, Asker.B);
        var stored = (await coordinator.StoredAsync())!.State;
        Assert.Equal(Asker.A.AcquireId, stored.Holder!.AcquireId);
        Assert.Equal([Asker.C.AcquireId], stored.Waiters.InOrder.Select(waiter => waiter.AcquireId));
    }

    [Fact]
    public async Task AWaiter_IsRefusedAtOnce_WhenItsLeaseExpires()
    {
        await using var coordinator = await StartAsync();
        await coordinator.AcquireAsync(Asker.A, lease: 600);
        await coordinator.DeliverAsync(Asker.B.On(Id) with { Wait = Wait }, Asker.B);

        coordinator.Time.Advance(TimeSpan.FromSeconds(30));

        await IsRefusedAsync(coordinator, Asker.B);
        await coordinator.LeaseIsAsync(Id, LeaseStage.Ended);
    }

    [Fact]
    public async Task WaitersForManyLocks_AreRefused_ABatchAtATime()
    {
        const int Keys = 300;
        await using var coordinator = await StartAsync();
        for (var i = 0; i < Keys; i++)
        {
            await coordinator.AcquireAsync(Asker.A with { AcquireId = Guid.CreateVersion7() }, lease: 600, KeyOf(i));
            await coordinator.DeliverAsync(WaiterFor(i).On(Id, KeyOf(i)) with { Wait = Wait }, WaiterFor(i));
        }

        var before = _store.Commits.Count;
        await EndAsync(coordinator);

        for (var i = 0; i < Keys; i++)
            await IsRefusedAsync(coordinator, WaiterFor(i));
        Assert.Equal([256, 44], _store.Commits.Skip(before).Select(writes => writes.Count));
    }

    [Fact]
    public async Task ALineOfWaitersForOneLock_IsRefusedInOneDecision()
    {
        await using var coordinator = await StartAsync();
        await coordinator.AcquireAsync(Asker.A, lease: 600);
        for (var i = 0; i < 50; i++)
            await coordinator.DeliverAsync(WaiterFor(i).On(Id) with { Wait = Wait }, WaiterFor(i));

        var before = _store.Commits.Count;
        await EndAsync(coordinator);

        for (var i = 0; i < 50; i++)
            await IsRefusedAsync(coordinator, WaiterFor(i));
        Assert.Equal(50, Assert.Single(Assert.Single(_store.Commits.Skip(before))).Dequeued.Count);
    }

    // Otherwise nothing would look for it any more.
    [Fact]
    public async Task AWaiter_ThatTheEndOfItsLeaseOvertook_IsNotQueued()
    {
        await using var coordinator = await StartAsync();
        await coordinator.AcquireAsync(Asker.A, lease: 600);
        _store.OnCommit = async (_, writes) =>
        {
            if (writes.Any(write => write.Enqueued.Count > 0))
            {
                // Another coordinator ends the lease, and finds nothing on it, between this one's read and write.
                _store.OnCommit = null;
                var lease = (await coordinator.StoredLeaseAsync(Id))!;
                var end = new LeaseEnd(LossReasons.Revoked, "operator", coordinator.Time.GetUtcNow());
                Assert.Empty(await _store.Inner.Leases.CommitAsync(
                    [new LeaseWrite(lease.Version, lease.Version + 1, lease.State with { Stage = LeaseStage.Ended, End = end }, null, end.At)],
                    CancellationToken.None));
            }

            return null;
        };

        var denied = (await coordinator.DeliverAsync(Asker.B.On(Id) with { Wait = Wait }, Asker.B)).Reply<LockDenied>();

        Assert.Equal(DenyReasons.LeaseNotFound, denied.Reason);
        Assert.Equal(0, (await coordinator.StoredAsync())!.State.Waiters.Count);
    }

    private static string KeyOf(int i) => $"lock {i:D3}";

    private static Asker WaiterFor(int i) => new($"waiter {i}");

    private async Task<CoordinatorUnderTest> StartAsync()
    {
        var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);
        await coordinator.DeliverAsync(Owner.Grant(Id), Owner);
        return coordinator;
    }

    private static async Task EndAsync(CoordinatorUnderTest coordinator)
    {
        await coordinator.DeliverAsync(new RevokeLease(Id, "operator"), Owner);
        await coordinator.LeaseIsAsync(Id, LeaseStage.Ended);
    }

    private static async Task IsRefusedAsync(CoordinatorUnderTest coordinator, Asker asker) =>
        Assert.Equal(DenyReasons.LeaseNotFound, (await coordinator.ReplyAsync<LockDenied>(asker)).Reason);
}
