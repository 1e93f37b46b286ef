using System.Collections.Concurrent;
using Locks.Client;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.TestKit;
using Xunit;

namespace Locks.Compliance;

/// <summary>What clients and a coordinator do together beyond acquiring and releasing one lock, on every transport and store.</summary>
public abstract class ClientCompliance : IAsyncLifetime
{
    private static readonly TimeSpan LongLease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(60);

    private LockFixture? _fixture;

    /// <summary>The fixture that the case runs in.</summary>
    protected LockFixture Fixture => _fixture ?? throw new InvalidOperationException("The fixture is not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _fixture = NewFixture();
        await _fixture.StartAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_fixture is not null)
            await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task ARevokedLease_FreesItsLocks_AndTheNextWaitersGetThem()
    {
        var client = Fixture.NewClient();
        var lease = await client.Leases.GrantAsync(LongLease);
        var handles = await Task.WhenAll(Enumerable.Range(0, 20).Select(async key => (await client.Locks.AcquireAsync($"{key}", lease.Id)).Handle!));
        Assert.Equal(20, (await client.Leases.TimeToLiveAsync(lease.Id))!.Locks);
        var waiting = Fixture.NewClient().AcquireAsync("7", LongWait, LongLease);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("7", 1));

        Assert.True(await client.Leases.RevokeAsync(lease.Id));

        Assert.All(handles, handle => Assert.Equal(LockLossReason.LeaseEnded, handle.Loss?.Reason));
        await using var next = await waiting.Within();
        Assert.True(next.FencingToken > handles[7].FencingToken);
        Assert.Null(await client.Leases.TimeToLiveAsync(lease.Id));
        await using var free = await Fixture.NewClient().TryAcquireAsync("8", LongLease);
        Assert.NotNull(free);
    }

    [Fact]
    public async Task ALeaseThatIsKeptAlive_KeepsItsLocks_AndOneThatIsNot_LosesThemBeforeTheNextIsGranted()
    {
        var ttl = TimeSpan.FromSeconds(2);
        var client = Fixture.NewClient();
        using var enough = new CancellationTokenSource();
        var lease = await client.Leases.GrantAsync(ttl);
        await client.Leases.KeepAliveAsync(lease.Id, enough.Token);
        var taken = await client.Locks.AcquireAsync("a", lease.Id);
        var start = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync(() => TimeProvider.System.GetElapsedTime(start) > 2 * ttl);
        Assert.True(taken.Handle!.IsHeld);
        Assert.Null(await Fixture.NewClient().TryAcquireAsync("a", LongLease));

        await enough.CancelAsync();
        await using var next = await Fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        var lostFirst = taken.Handle.Lost.IsCancellationRequested;

        Assert.True(lostFirst);
        Assert.Equal(LockHandleState.Lost, taken.Handle.State);
        Assert.False(lease.IsAlive);
    }

    [Fact]
    public async Task ALease_IsSharedBetweenProcesses_AndAnyProcessThatEndsItEndsItForAll()
    {
        var (owner, other) = (Fixture.NewClient(), Fixture.NewClient(options => options.Owner = "the other"));
        var lease = await owner.Leases.GrantAsync(LongLease);
        var here = (await owner.Locks.AcquireAsync("a", lease.Id)).Handle!;
        var there = (await other.Locks.AcquireAsync("b", lease.Id)).Handle!;
        Assert.True(there.IsHeld);
        Assert.True(await there.RenewAsync());

        Assert.True(await other.Leases.RevokeAsync(lease.Id));

        Assert.False(there.IsHeld);
        await Eventually.FiresAsync(here.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the other"), lease.Loss);
        Assert.Equal(new LockLoss(LockLossReason.LeaseEnded, "the other"), here.Loss);
        Assert.False(await owner.Leases.RenewAsync(lease.Id));
    }

    [Fact]
    public async Task ALeaseThatItsOwnerEnds_IsLostToTheOtherProcessesToo()
    {
        var (owner, other) = (Fixture.NewClient(), Fixture.NewClient());
        var lease = await owner.Leases.GrantAsync(LongLease);
        var there = (await other.Locks.AcquireAsync("b", lease.Id)).Handle!;

        await lease.DisposeAsync();

        await Eventually.FiresAsync(there.Lost);
        Assert.Equal(LockLossReason.LeaseEnded, there.Loss?.Reason);
    }

    [Fact]
    public async Task ALockOnALease_MayBeWaitedFor_AndIsHeldForAsLongAsTheLease()
    {
        var client = Fixture.NewClient();
        var lease = await client.Leases.GrantAsync(LongLease);
        var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);
        var waiting = client.Locks.AcquireAsync("a", lease.Id, LongWait);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 1));

        await holder!.ReleaseAsync();

        await using var taken = await waiting.Within();
        Assert.True(taken.Handle!.IsHeld);
        Assert.Equal(LockStage.Held, (await Fixture.LookAsync("a"))!.Stage);
        await Assert.ThrowsAsync<LockTimeoutException>(
            () => Fixture.NewClient().AcquireAsync("a", TimeSpan.FromMilliseconds(100), LongLease));
    }

    [Fact]
    public async Task ALeaseThatIsNoMore_IsRefused()
    {
        var client = Fixture.NewClient();
        var lease = await client.Leases.GrantAsync(LongLease);
        await lease.DisposeAsync();

        foreach (var gone in new[] { lease.Id, Guid.CreateVersion7() })
        {
            var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => client.Locks.AcquireAsync("a", gone));
            Assert.Equal(DenyReasons.LeaseNotFound, refusal.Reason);
            await Assert.ThrowsAsync<LeaseNotFoundException>(() => client.Leases.KeepAliveAsync(gone));
        }
    }

    [Fact]
    public async Task SetsThatOverlap_AreNeverHeldTogether_AndNeverWaitForEachOther()
    {
        const int contenders = 8;
        const int turns = 5;
        string[] keys = ["a", "b", "c", "d"];
        var inside = new ConcurrentDictionary<string, int>();
        ILockClient[] clients = [Fixture.NewClient(), Fixture.NewClient()];

        await Task.WhenAll(Enumerable.Range(0, contenders).Select(async number =>
        {
            var random = new Random(number);
            for (var turn = 0; turn < turns; turn++)
            {
                var wanted = random.GetItems(keys, 3);
                await using var set = await clients[number % 2].AcquireAllAsync(wanted, LongWait, LongLease);
                foreach (var key in set.Keys)
                    Assert.Equal(1, inside.AddOrUpdate(key, 1, (_, count) => count + 1));
                await Task.Yield();
                Assert.True(set.IsHeld);
                foreach (var key in set.Keys)
                    inside.AddOrUpdate(key, 0, (_, count) => count - 1);
            }
        })).Within();
    }

    [Fact]
    public async Task ASet_IsAllOrNothing_AndReleasedTogether()
    {
        var client = Fixture.NewClient();
        await using var busy = await Fixture.NewClient().TryAcquireAsync("b", LongLease);

        Assert.Null(await client.TryAcquireAllAsync(["c", "b", "a"], LongLease));
        await Assert.ThrowsAsync<LockTimeoutException>(() => client.AcquireAllAsync(["c", "b", "a"], TimeSpan.FromMilliseconds(200), LongLease));
        await IsFreeAsync("a");
        await IsFreeAsync("c");

        await busy!.ReleaseAsync();
        var set = await client.TryAcquireAllAsync(["c", "b", "a"], LongLease);
        Assert.Equal(["a", "b", "c"], set!.Keys);
        Assert.True(set.FencingTokens["b"] > busy.FencingToken);
        Assert.True(await set.ReleaseAsync());
        foreach (var key in set.Keys)
            await IsFreeAsync(key);
    }

    [Fact]
    public async Task ALockThatIsRevoked_IsLostToItsHolder_AndGrantedToTheNext()
    {
        var holder = (await Fixture.NewClient().TryAcquireAsync("a", new LockOptions { Lease = LongLease, AutoRenew = true }))!;
        var waiting = Fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 1));

        Assert.False(await Fixture.NewClient().RevokeAsync("a", "the operator", null, holder.FencingToken - 1));
        Assert.True(await Fixture.NewClient().RevokeAsync("a", "the operator"));

        await Eventually.FiresAsync(holder.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the operator"), holder.Loss);
        await using var next = await waiting.Within();
        Assert.True(next.FencingToken > holder.FencingToken);
        Assert.False(await Fixture.NewClient().RevokeAsync("a", "the operator", null, holder.FencingToken));
        Assert.False(await Fixture.NewClient().RevokeAsync("never taken", "the operator"));
    }

    [Fact]
    public async Task WaitersOfTwoClients_AreGrantedInTheOrderInWhichTheyCame_AlsoThoseOfOneClientThatAreGrantedTogether()
    {
        var how = new LockOptions { Lease = LongLease, AutoRenew = true };
        var (one, other) = (Fixture.NewClient(), Fixture.NewClient());
        var served = new ConcurrentQueue<(int Waiter, long Fence)>();
        var runs = 0;
        var holder = await one.TryAcquireAsync("a", how);
        var waiting = new List<Task>();
        ILockClient[] queue = [one, one, one, other, one, other, other, other, one, one];
        foreach (var (rank, client) in queue.Index())
        {
            waiting.Add(ServeAsync(rank, client));
            await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", rank + 1));
        }

        await holder!.ReleaseAsync();
        await Task.WhenAll(waiting).Within();

        Assert.Equal(Enumerable.Range(0, queue.Length), served.Select(turn => turn.Waiter));
        var fences = served.Select(turn => turn.Fence).ToList();
        Assert.Equal(fences.Distinct().Order(), fences);
        Assert.Equal(3 + 3 + 2, runs);
        await IsFreeAsync("a");

        async Task ServeAsync(int rank, ILockClient client)
        {
            var handle = await client.AcquireAsync("a", LongWait, how);
            served.Enqueue((rank, handle.FencingToken));
            runs += (await Fixture.LookAsync("a"))!.Holder!.Cohort is null ? 0 : 1;
            await handle.ReleaseAsync();
        }
    }

    [Fact]
    public async Task ARevocation_ByTheNumberOfAnyWhoWereGrantedTogether_TakesTheLockFromAll_AndThoseWhoHaveNotHadItWaitAnew()
    {
        var how = new LockOptions { Lease = LongLease, AutoRenew = true };
        var client = Fixture.NewClient();
        var first = await client.TryAcquireAsync("a", how);
        var waiting = new List<Task<ILockHandle>>();
        for (var rank = 1; rank <= 3; rank++)
        {
            waiting.Add(client.AcquireAsync("a", LongWait, how));
            await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", rank));
        }

        await first!.ReleaseAsync();
        await (await waiting[0].Within()).ReleaseAsync();
        var second = await waiting[1].Within();
        await Fixture.SendAsync(new RevokeLock("a", Guid.CreateVersion7(), "the operator", second.FencingToken));

        await Eventually.FiresAsync(second.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the operator"), second.Loss);
        await using var third = await waiting[2].Within();
        Assert.True(third.FencingToken > second.FencingToken + 1);
        Assert.Null((await Fixture.LookAsync("a"))!.Holder!.Cohort);
    }

    [Fact]
    public async Task OneLockOfASetThatIsRevoked_LosesTheSet()
    {
        await using var set = (await Fixture.NewClient().TryAcquireAllAsync(["a", "b"], LongLease))!;

        Assert.True(await Fixture.NewClient().RevokeAsync("b", "the operator"));

        await Eventually.FiresAsync(set.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the operator"), set.Loss);
    }

    [Fact]
    public async Task ALockThatIsHeldAtLeast_StaysTakenAfterItsRelease_ButNotForItsLease()
    {
        var least = TimeSpan.FromSeconds(1);
        var start = TimeProvider.System.GetTimestamp();
        var handle = (await Fixture.NewClient().TryAcquireAsync("a", new LockOptions { Lease = LongLease, HoldAtLeast = least }))!;

        Assert.True(await handle.ReleaseAsync());
        await using var next = await Fixture.NewClient().AcquireAsync("a", LongWait / 2, LongLease);

        Assert.True(TimeProvider.System.GetElapsedTime(start) >= least);
        Assert.Equal(LockHandleState.Released, handle.State);
    }

    [Fact]
    public async Task WhoWaits_IsToldItsRank_AndWhoHoldsTheLock()
    {
        var told = new ConcurrentQueue<WaitingStatus>();
        var holder = await Fixture.NewClient(options => options.Owner = "the first").TryAcquireAsync("a", LongLease);
        var second = Fixture.NewClient().AcquireAsync("a", LongWait, new LockOptions { Lease = LongLease, Owner = "the second" });
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 1));
        var third = Fixture.NewClient(options => options.ProgressInterval = TimeSpan.FromMilliseconds(100))
            .AcquireAsync("a", LongWait, new LockOptions { Lease = LongLease, Progress = new Told(told) });

        await Eventually.HoldsAsync(() => told.Any(status => status is { Rank: 2, HolderOwner: "the first", HolderLeaseEndsIn: not null }));
        await holder!.ReleaseAsync();
        await Eventually.HoldsAsync(() => told.Any(status => status is { Rank: 1, HolderOwner: "the second" }));

        await (await second.Within()).ReleaseAsync();
        await using var handle = await third.Within();
    }

    /// <summary>Makes the fixture; each transport and store has its own.</summary>
    protected abstract LockFixture NewFixture();

    private async Task<bool> QueueLengthIsAsync(string key, int expected) => (await Fixture.LookAsync(key))?.Waiters.Count == expected;

    private Task IsFreeAsync(string key) => Eventually.HoldsAsync(async () => await Fixture.LookAsync(key) is null or { Holder: null, Waiters.Count: 0 });

    private sealed class Told(ConcurrentQueue<WaitingStatus> told) : IProgress<WaitingStatus>
    {
        public void Report(WaitingStatus value) => told.Enqueue(value);
    }
}
