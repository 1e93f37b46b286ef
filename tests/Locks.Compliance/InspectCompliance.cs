using System.Text.Json;
using System.Text.RegularExpressions;
using Locks.Client;
using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Compliance;

/// <summary>What clients see of locks, and what operators do to them, on every transport and store.</summary>
public abstract partial class InspectCompliance : IAsyncLifetime
{
    private static readonly TimeSpan LongLease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(60);

    private LockFixture? _fixture;

    /// <summary>The fixture that the case runs in.</summary>
    protected LockFixture Fixture => _fixture ?? throw new InvalidOperationException("The fixture is not started.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _fixture = NewFixture();
        // A circle shows at once.
        await _fixture.StartAsync(options => options.Deadlocks.MinAge = TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_fixture is not null)
            await _fixture.DisposeAsync();
    }

    /// <summary>Makes a fixture that is not started yet.</summary>
    protected abstract LockFixture NewFixture();

    [Fact]
    public async Task AKeyThatWasNeverUsed_IsFree()
    {
        var found = await Fixture.NewClient().DescribeAsync("a", Cancel);

        Assert.Equal(("a", LockStates.Free, null, 0), (found.Key, found.State, found.Holder, found.Waiters));
        Assert.Empty(found.Queue);
        Assert.Empty(found.History);
    }

    [Fact]
    public async Task AHeldLock_ShowsItsHolderAndItsQueue_AndNoSecret()
    {
        var (holder, waiting) = (NewClient("the holder"), NewClient("the waiter"));
        await using var handle = await holder.AcquireAsync("a", LongWait, LongLease, Cancel);
        var (_, first) = await WaitAsync(waiting, "a");
        var (_, second) = await WaitAsync(NewClient("another"), "a");

        var found = await waiting.DescribeAsync("a", Cancel);

        Assert.Equal((LockStates.Held, 2, handle.FencingToken), (found.State, found.Waiters, found.LastFencingToken));
        var shown = found.Holder!;
        Assert.Equal(("the holder", handle.FencingToken, LongLease), (shown.Owner, shown.FencingToken, shown.Ttl));
        Assert.InRange(shown.TimeLeft, TimeSpan.FromSeconds(1), LongLease);
        Assert.Equal(found.At - shown.GrantedAt, shown.HeldFor);
        Assert.Equal(shown.ExpiresAt - found.At, shown.TimeLeft);
        Assert.Equal(TimeSpan.Zero, found.At.Offset);
        Assert.NotNull(shown.ClientId);
        Assert.Equal([(1, "the waiter"), (2, "another")], found.Queue.Select(waiter => (waiter.Rank, waiter.Owner)));
        Assert.All(found.Queue, waiter => Assert.Equal(found.At - waiter.QueuedAt, waiter.WaitedFor));
        Assert.DoesNotContain((await Fixture.LookAsync("a"))!.Holder!.Token.Value, JsonSerializer.Serialize(found), StringComparison.Ordinal);

        await handle.DisposeAsync();
        await (await first).DisposeAsync();
        await (await second).DisposeAsync();
    }

    [Fact]
    public async Task ARequestClient_WithoutAnAddress_IsAnsweredToo()
    {
        await using var handle = await NewClient("the holder").AcquireAsync("a", LongWait, LongLease, Cancel);
        var client = Fixture.Bus.CreateRequestClient<DescribeLock>(
            new Uri($"exchange:{LockPartitions.QueriesNameOf(Fixture.QueueName)}"), RequestTimeout.After(s: 30));

        var answer = await client.GetResponse<LockDescription>(new DescribeLock("a"), Cancel);

        Assert.Equal("the holder", answer.Message.Holder!.Owner);
        var refused = await Assert.ThrowsAsync<RequestFaultException>(
            () => client.GetResponse<LockDescription>(new DescribeLock(""), Cancel));
        Assert.Contains("Key is missing or empty", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheHistoryOfALock_TellsWhoHadIt_AndHowTheLastAttemptsEnded()
    {
        var client = NewClient("the holder");
        var earlier = await NewClient("the holder before").AcquireAsync("a", LongWait, LongLease, Cancel);
        var since = (await client.DescribeAsync("a", Cancel)).Holder!.GrantedAt;
        await earlier.DisposeAsync();
        await using var handle = await client.AcquireAsync("a", LongWait, LongLease, Cancel);
        Assert.Null(await NewClient("another").TryAcquireAsync("a", cancellationToken: Cancel));

        var history = (await client.DescribeAsync("a", Cancel)).History;

        Assert.Equal(
            [
                (AttemptEndings.Busy, "another", null, null),
                (AttemptEndings.Released, "the holder before", (long?)earlier.FencingToken, (DateTimeOffset?)since),
            ],
            history.Select(attempt => (attempt.Ending, attempt.Owner!, attempt.FencingToken, attempt.GrantedAt)));
        Assert.True(history[0].EndedAt >= history[1].EndedAt);
        Assert.True(history[1].EndedAt >= since);
    }

    [Fact]
    public async Task ALockWhoseLeaseIsRenewed_TellsWhen()
    {
        var client = NewClient("the holder");
        await using var handle = await client.AcquireAsync("a", LongWait, LongLease, Cancel);
        Assert.Null((await client.DescribeAsync("a", Cancel)).Holder!.RenewedAt);

        Assert.True(await handle.RenewAsync(cancellationToken: Cancel));

        var shown = (await client.DescribeAsync("a", Cancel)).Holder!;
        Assert.InRange(shown.RenewedAt!.Value, shown.GrantedAt, shown.ExpiresAt);
    }

    [Fact]
    public async Task AList_HasAllLocksInUse_InTheOrderOfTheirKeys_HoweverManyPagesItTakes()
    {
        var client = NewClient("the holder");
        var keys = Enumerable.Range(0, 12).Select(i => $"k{i:00}").ToList();
        await using var set = await client.AcquireAllAsync([.. keys, "other", "🔒"], LongWait, LongLease, Cancel);
        await (await client.AcquireAsync("released", LongWait, LongLease, Cancel)).DisposeAsync();

        Assert.Equal([.. keys, "other", "🔒"], await KeysAsync(client, new LockQuery { PageSize = 5 }));
        Assert.Equal(keys, await KeysAsync(client, new LockQuery { Prefix = "k", PageSize = 5 }));
        Assert.Equal(["released"], await KeysAsync(client, new LockQuery { State = LockStates.Free }));
        Assert.Equal(14, (await KeysAsync(client, new LockQuery { Owner = "the holder" })).Count);
        Assert.Empty(await KeysAsync(client, new LockQuery { Owner = "the hold" }));
        var page = await client.Inspector.ListPageAsync(new LockQuery { PageSize = 2 }, after: "k05", Cancel);
        Assert.Equal(["k06", "k07"], page.Locks.Select(found => found.Key));
        Assert.Equal("k07", page.Next);
    }

    [Fact]
    public async Task AList_FindsTheLocksThatCallersWaitFor()
    {
        var client = NewClient("the holder");
        await using var free = await client.AcquireAsync("quiet", LongWait, LongLease, Cancel);
        await using var busy = await client.AcquireAsync("busy", LongWait, LongLease, Cancel);
        var (_, waiting) = await WaitAsync(NewClient("the waiter"), "busy");

        var found = Assert.Single(await ListAsync(client, new LockQuery { WaitingLongerThan = TimeSpan.Zero }));

        Assert.Equal(("busy", 1), (found.Key, found.Waiters));
        Assert.NotNull(found.LongestWait);
        Assert.Empty(await ListAsync(client, new LockQuery { WaitingLongerThan = TimeSpan.FromHours(1) }));
        await busy.DisposeAsync();
        await (await waiting).DisposeAsync();
    }

    [Fact]
    public async Task SharedLeases_AreListed_AndTheirLocksGoByThem()
    {
        var client = NewClient("the holder");
        var lease = await client.Leases.GrantAsync(LongLease, Cancel);
        await client.Locks.AcquireAsync("a", lease.Id, Cancel);

        var leases = new List<LeaseDescription>();
        await foreach (var found in client.Leases.ListAsync(Cancel))
            leases.Add(found);

        var shown = Assert.Single(leases);
        Assert.Equal((LeaseFingerprint.Of(lease.Id), "the holder", LongLease, 1), (shown.LeaseFingerprint, shown.Owner, shown.Ttl, shown.Locks));
        Assert.InRange(shown.TimeLeft, TimeSpan.FromSeconds(1), LongLease);
        var holder = (await client.DescribeAsync("a", Cancel)).Holder!;
        Assert.Equal((LeaseFingerprint.Of(lease.Id), shown.ExpiresAt), (holder.LeaseFingerprint, holder.ExpiresAt));
        await client.Leases.RevokeAsync(lease.Id, Cancel);
    }

    [Fact]
    public async Task Statistics_CountLocksAndWaiters()
    {
        var client = NewClient("the holder");
        await using var busy = await client.AcquireAsync("busy", LongWait, LongLease, Cancel);
        var (_, waiting) = await WaitAsync(NewClient("the waiter"), "busy");

        var numbers = await client.Inspector.DescribeStatisticsAsync(Cancel);

        Assert.Equal((1, 1, 1, false), (numbers.Held, numbers.Waiters, numbers.Contended, numbers.IsTruncated));
        Assert.Equal(["busy"], numbers.MostContended.Select(found => found.Key));
        Assert.Equal("the holder", Assert.Single(numbers.LongestWaits).Holder!.Owner);
        Assert.NotNull(numbers.LongestWait);
        await busy.DisposeAsync();
        await (await waiting).DisposeAsync();
    }

    [Fact]
    public async Task ADeadlock_IsShownWithItsWholeCircle_UntilItEnds()
    {
        var (a, b) = (NewClient("a"), NewClient("b"));
        var ofA = await a.AcquireAsync("a's", LongWait, LongLease, Cancel);
        var ofB = await b.AcquireAsync("b's", LongWait, LongLease, Cancel);
        var (_, wantsA) = await WaitAsync(b, "a's");
        Assert.Empty((await GraphAsync(a, graph => graph.Waits == 1)).Deadlocks);
        var (wantsBId, wantsB) = await WaitAsync(a, "b's");

        var found = await GraphAsync(a, graph => graph.Deadlocks.Count > 0);

        var deadlock = Assert.Single(found.Deadlocks);
        Assert.Equal([("b's", "a", "b"), ("a's", "b", "a")], deadlock.Cycle.Select(wait => (wait.Key, wait.Waiter.Owner, wait.Holder.Owner)));
        var wait = deadlock.Cycle[0];
        Assert.Equal((wantsBId, ofB.FencingToken, deadlock.Age), (wait.AttemptId, wait.FencingToken, wait.WaitedFor));
        Assert.True(wait.HeldFor >= wait.WaitedFor);
        Assert.NotNull(wait.Waiter.ClientId);
        Assert.Equal((2, TimeSpan.Zero, false, false), (found.Waits, found.MinAge, found.BreaksDeadlocks, found.IsTruncated));
        Assert.Empty(found.Blockers);
        Assert.True(await b.CancelWaiterAsync("b's", wantsBId, "the operator", cancellationToken: Cancel));
        await Assert.ThrowsAsync<LockRefusedException>(() => wantsB);
        await ofA.DisposeAsync();
        await (await wantsA).DisposeAsync();
        Assert.Empty((await GraphAsync(a, graph => graph.Waits == 0)).Deadlocks);
        await ofB.DisposeAsync();
    }

    [Fact]
    public async Task AHolderThatOthersWaitFor_IsShownAsTheirBlocker()
    {
        var (slow, second) = (NewClient("slow"), NewClient("second"));
        var ofSlow = await slow.AcquireAsync("slow's", LongWait, LongLease, Cancel);
        var ofSecond = await second.AcquireAsync("second's", LongWait, LongLease, Cancel);
        var (_, behindSlow) = await WaitAsync(second, "slow's");
        var (_, behindSecond) = await WaitAsync(NewClient("third"), "second's");

        var found = await GraphAsync(slow, graph => graph.Waits == 2);

        Assert.Empty(found.Deadlocks);
        var blocker = Assert.Single(found.Blockers);
        Assert.Equal(("slow", 1, 2), (blocker.Holder.Owner, blocker.Waits, blocker.Blocked));
        Assert.Equal(["slow's"], blocker.Keys);
        await ofSlow.DisposeAsync();
        await (await behindSlow).DisposeAsync();
        await ofSecond.DisposeAsync();
        await (await behindSecond).DisposeAsync();
    }

    [Fact]
    public async Task Coordinators_TellWhoTheyAre()
    {
        var found = await NewClient("the holder").Inspector.DescribeCoordinatorsAsync(Cancel);

        var coordinator = Assert.Single(found.Coordinators);
        Assert.Equal(found.AnsweredBy, coordinator.Id);
        Assert.Equal(Environment.MachineName, coordinator.Machine);
        Assert.NotNull(coordinator.Version);
        Assert.NotEmpty(found.Store);
    }

    [Fact]
    public async Task ARevokedHolder_ReadsByWhomAndWhy()
    {
        await using var handle = await NewClient("the holder").AcquireAsync("a", LongWait, LongLease, Cancel);
        var lost = new TaskCompletionSource();
        await using var registration = handle.Lost.Register(lost.SetResult);

        Assert.True(await NewClient("operator").RevokeAsync("a", "the operator", "the job hangs", Cancel));

        await lost.Task.WaitAsync(Cancel);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the operator", "the job hangs"), handle.Loss);
        Assert.False(await NewClient("operator").RevokeAsync("a", "the operator", "the job hangs", Cancel));
    }

    [Fact]
    public async Task ACancelledWaiter_IsToldAtOnce_AndThoseBehindItKeepTheirPlaces()
    {
        var client = NewClient("the holder");
        var handle = await client.AcquireAsync("a", LongWait, LongLease, Cancel);
        var (cancelledId, cancelled) = await WaitAsync(NewClient("the first"), "a");
        var (_, next) = await WaitAsync(NewClient("the second"), "a");

        Assert.True(await client.CancelWaiterAsync("a", cancelledId, "the operator", "it blocks the others", Cancel));

        var refused = await Assert.ThrowsAsync<LockRefusedException>(() => cancelled);
        Assert.Equal(DenyReasons.Cancelled, refused.Reason);
        Assert.Contains("by 'the operator': it blocks the others", refused.Message, StringComparison.Ordinal);
        var found = await client.DescribeAsync("a", Cancel);
        Assert.Equal(["the second"], found.Queue.Select(waiter => waiter.Owner));
        Assert.Equal(AttemptEndings.CancelledByOperator, found.History[0].Ending);
        Assert.True(await client.CancelWaiterAsync("a", cancelledId, "the operator", cancellationToken: Cancel));
        await handle.DisposeAsync();
        await (await next).DisposeAsync();
    }

    [Fact]
    public async Task CancellingAWaiter_LeavesAHolderAlone()
    {
        var client = NewClient("the holder");
        await using var handle = await client.AcquireAsync("a", LongWait, LongLease, Cancel);
        var holder = (await client.DescribeAsync("a", Cancel)).Holder!;

        Assert.False(await client.CancelWaiterAsync("a", holder.AttemptId, "the operator", cancellationToken: Cancel));
        Assert.False(await client.CancelWaiterAsync("never used", Guid.CreateVersion7(), "the operator", cancellationToken: Cancel));

        Assert.True(handle.IsHeld);
        Assert.Equal(LockStates.Held, (await client.DescribeAsync("a", Cancel)).State);
    }

    [Fact]
    public async Task NoIdThatIsShown_GetsASnooperAnOwnerToken_OrAWaitersGrant_OrPowerOverASharedLease()
    {
        var (a, b, snooper) = (NewClient("a"), NewClient("b"), NewClient("the snooper"));
        var lease = await a.Leases.GrantAsync(LongLease, Cancel);
        var another = await a.Leases.GrantAsync(LongLease, Cancel);
        await a.Locks.AcquireAsync("on the lease", lease.Id, Cancel);
        await (await a.AcquireAsync("a's", LongWait, LongLease, Cancel)).DisposeAsync();
        var revoked = await b.AcquireAsync("b's", LongWait, LongLease, Cancel);
        Assert.True(await a.RevokeAsync("b's", "the operator", "the job hangs", Cancel));
        await revoked.DisposeAsync();
        await using var ofA = await a.AcquireAsync("a's", LongWait, LongLease, Cancel);
        await using var ofB = await b.AcquireAsync("b's", LongWait, LongLease, Cancel);
        var (attemptOfB, wantsA) = await WaitAsync(b, "a's");
        var (attemptOfA, wantsB) = await WaitAsync(a, "b's");
        var graph = await GraphAsync(snooper, graph => graph.Deadlocks.Count > 0);

        var shown = IdsIn(
            graph,
            await snooper.DescribeAsync("a's", Cancel),
            await snooper.DescribeAsync("b's", Cancel),
            await snooper.DescribeAsync("on the lease", Cancel),
            await ListAsync(snooper, new LockQuery()),
            await snooper.Inspector.ListLeasesPageAsync(cancellationToken: Cancel),
            await snooper.Inspector.ListLeasesPageAsync(pageSize: 1, cancellationToken: Cancel),
            await snooper.Inspector.DescribeStatisticsAsync(Cancel),
            await snooper.Inspector.DescribeCoordinatorsAsync(Cancel));

        // The attempts that hold, wait and have ended, the revocation, and the lease.
        Assert.Superset(new HashSet<Guid> { attemptOfA, attemptOfB, LeaseFingerprint.Of(lease.Id), LeaseFingerprint.Of(another.Id) }, shown);
        Assert.DoesNotContain(lease.Id, shown);
        Assert.DoesNotContain(another.Id, shown);
        Assert.True(shown.Count >= 8, $"Only {shown.Count} ids are shown.");
        foreach (var id in shown)
        {
            foreach (var key in (string[])["a's", "b's"])
            {
                var answer = await Fixture.AskAsync<AcquireLock, LockAcquired, LockDenied>(new AcquireLock(key, id, "the snooper", LongLease));
                Assert.Equal(DenyReasons.Busy, Assert.IsType<LockDenied>(answer).Reason);
            }

            Assert.False(await snooper.Leases.RenewAsync(id, Cancel));
            Assert.False(await snooper.Leases.RevokeAsync(id, Cancel));
            var refused = await Assert.ThrowsAsync<LockRefusedException>(() => snooper.Locks.AcquireAsync("on the snooper's", id, Cancel));
            Assert.Contains(DenyReasons.LeaseNotFound, refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(LongLease, (await a.Leases.TimeToLiveAsync(lease.Id, Cancel))!.Ttl);

        // A waiter's grant goes to the address of its last request.
        Assert.True(ofA.IsHeld && ofB.IsHeld);
        await ofA.DisposeAsync();
        await (await wantsA).DisposeAsync();
        await ofB.DisposeAsync();
        await (await wantsB).DisposeAsync();
    }

    private ILockClient NewClient(string owner) => Fixture.NewClient(options => options.Owner = owner);

    /// <summary>Has a client wait for a lock, and returns when it stands in the queue.</summary>
    private static async Task<(Guid AttemptId, Task<ILockHandle> Grant)> WaitAsync(ILockClient client, string key)
    {
        var before = (await client.DescribeAsync(key, Cancel)).Waiters;
        var grant = client.AcquireAsync(key, LongWait, LongLease, Cancel);
        LockDescription found;
        do
        {
            Assert.False(grant.IsCompleted);
            found = await client.DescribeAsync(key, Cancel);
        }
        while (found.Waiters == before);

        return (found.Queue[^1].AttemptId, grant);
    }

    /// <summary>The wait-for graph, as soon as it is so: it is read anew once a second.</summary>
    private static async Task<WaitForGraph> GraphAsync(ILockClient client, Func<WaitForGraph, bool> isSo)
    {
        WaitForGraph found = null!;
        await Eventually.HoldsAsync(async () => isSo(found = await client.Inspector.DescribeWaitForGraphAsync(Cancel)));
        return found;
    }

    /// <summary>Everything in some answers that could be an id, in whatever field or text.</summary>
    private static HashSet<Guid> IdsIn(params object[] answers) =>
        [.. answers.SelectMany(answer => AnyId().Matches(JsonSerializer.Serialize(answer))).Select(found => Guid.Parse(found.Value))];

    [GeneratedRegex("[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")]
    private static partial Regex AnyId();

    private static async Task<List<LockSummary>> ListAsync(ILockClient client, LockQuery query)
    {
        var found = new List<LockSummary>();
        await foreach (var one in client.ListAsync(query, Cancel))
            found.Add(one);
        return found;
    }

    private static async Task<List<string>> KeysAsync(ILockClient client, LockQuery query) =>
        (await ListAsync(client, query)).ConvertAll(found => found.Key);
}
