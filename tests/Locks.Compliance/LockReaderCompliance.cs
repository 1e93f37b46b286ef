using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Xunit;
using static Locks.Compliance.SampleLeases;
using static Locks.Compliance.SampleLocks;

namespace Locks.Compliance;

/// <summary>What every store must tell of its locks, to people who look at them.</summary>
public abstract class LockReaderCompliance : StoreCompliance
{
    private static readonly LockFilter InUse = new(null, null, null, null, null, 100, Now);

    /// <summary>Whether keys are in the order of their UTF-8 bytes; else in that of their UTF-16 units.</summary>
    protected virtual bool OrdersByUtf8 => true;

    [Fact]
    public async Task Find_OfAKeyThatWasNeverUsed_FindsNothing() => Assert.Null(await Store.Reader.FindAsync(NewKey(), 10, Cancel));

    [Fact]
    public async Task Find_TellsTheHolder_TheFirstWaiters_AndWhatIsRemembered()
    {
        var head = Held(NewKey("schlüssel/🔒"), fence: 40);
        var state = (head with
        {
            LastFence = 42,
            Ended = Ended(7),
            Holder = head.Holder! with { Cohort = Cohort(41, 42), ClientId = "session" },
        }).WithWaiters(Waiter(1), Waiter(2), Waiter(10));
        await CommitAsync(Insert(state), Insert(Held().WithWaiters(Waiter(5))));

        var found = await Store.Reader.FindAsync(state.Key, 2, Cancel);

        Assert.NotNull(found);
        Assert.Equal((state.Key, 42, 3, (DateTimeOffset?)Now), (found.Key, found.LastFence, found.Waiters, found.WaitingSince));
        Assert.Equal(WithoutSecrets(state.Holder!), WithoutSecrets(found.Holder!));
        Assert.Equal(state.Waiters.InOrder.Take(2).Select(WithoutSecrets), found.Queue.Select(WithoutSecrets));
        Assert.Equal(state.Ended, found.Ended);
        Assert.Equal(LockStage.Held, found.StageAt(Now));
    }

    [Fact]
    public async Task Find_OfALockWithoutWaiters_HasAnEmptyQueue()
    {
        var state = Held();
        await CommitAsync(Insert(state));

        var found = await Store.Reader.FindAsync(state.Key, 10, Cancel);

        Assert.Equal((0, null, 0), (found!.Waiters, found.WaitingSince, found.Queue.Count));
    }

    [Fact]
    public async Task Find_OfALockOnASharedLease_GoesByTheLease()
    {
        var lease = Active();
        await Store.Leases.CommitAsync([InsertLease(lease)], Cancel);
        var (held, over) = (On(lease.AsSeenByLocks()), On(LeaseSnapshot.NotFound(Guid.CreateVersion7())));
        await CommitAsync(Insert(held), Insert(over));

        var found = (await Store.Reader.FindAsync(held.Key, 10, Cancel))!;

        Assert.Equal(lease.Grant!.ExpiresAt, found.Holder!.EndsAt);
        Assert.Equal(lease.Id, found.Holder.Lease!.Id);
        Assert.Equal(LockStage.Held, found.StageAt(lease.Grant.ExpiresAt.AddMicroseconds(-1)));
        Assert.Equal(LockStage.Free, found.StageAt(lease.Grant.ExpiresAt));
        Assert.Equal(LockStage.Free, (await Store.Reader.FindAsync(over.Key, 10, Cancel))!.StageAt(Now));
        Assert.Equal([held.Key], await KeysAsync(InUse));
    }

    [Fact]
    public async Task List_HasTheKeysInTheOrderOfTheirBytes_PageByPage()
    {
        string[] keys = ["%", "A", "B", "_", "a", "a b", "aa", "b", "é", "ключ", "\uFF5E", "🔒", "🦊"];
        await CommitAsync([.. keys.Reverse().Select(key => Insert(Held(key)))]);
        var order = OrdersByUtf8 ? keys : [.. keys.Order(StringComparer.Ordinal)];

        Assert.Equal(order, await KeysAsync(InUse));
        Assert.Equal(order, await KeysAsync(InUse with { Limit = 1 }));
        Assert.Equal(order, await KeysAsync(InUse with { Limit = 3 }));
        Assert.Equal(order, await KeysAsync(InUse with { Limit = 500, MaxExamined = 2 }));
    }

    [Theory]
    [InlineData("a%", new[] { "a%", "a%b" })]
    [InlineData("a_", new[] { "a_", "a_b" })]
    [InlineData("a\\", new[] { "a\\b" })]
    [InlineData("a[", new[] { "a[b]" })]
    [InlineData("A", new[] { "Ab" })]
    [InlineData("🔒", new[] { "🔒", "🔒1" })]
    [InlineData("\uFFFD", new[] { "\uFFFDx" })]
    [InlineData("c", new string[0])]
    [InlineData("' OR 1=1 --", new string[0])]
    public async Task List_WithAPrefix_TakesItAsItIs(string prefix, string[] expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        string[] keys = ["Ab", "a", "a%", "a%b", "a[b]", "a\\b", "a_", "a_b", "ab", "\uFFFDx", "🔒", "🔒1", "🦊"];
        await CommitAsync([.. keys.Select(key => Insert(Held(key)))]);

        Assert.Equal(expected, await KeysAsync(InUse with { Prefix = prefix }));
        Assert.Equal(expected, await KeysAsync(InUse with { Prefix = prefix, Limit = 1 }));
        Assert.Equal(expected, await KeysAsync(InUse with { Prefix = prefix, MaxExamined = 1 }));
    }

    [Fact]
    public async Task List_WhileLocksChange_HasWhatStays_AndNothingTwice()
    {
        await CommitAsync([.. Enumerable.Range(0, 20).Select(i => Insert(Held($"k{i:00}")))]);

        var first = await Store.Reader.ListAsync(InUse with { Limit = 5 }, Cancel);
        await CommitAsync(Insert(Held("k00a")), Insert(Held("k12a")), Update(1, Free("k02", fence: 1)), Update(1, Free("k14", fence: 1)));
        var rest = await KeysAsync(InUse with { Limit = 5, After = first.Next });

        Assert.Equal("k04", first.Next);
        Assert.Equal([.. Enumerable.Range(5, 15).Where(i => i != 14).Select(i => $"k{i:00}").Append("k12a").Order(StringComparer.Ordinal)], rest);
    }

    [Fact]
    public async Task List_ShowsNoLockAsHeld_WhoseLeaseIsOver()
    {
        var (free, held, over) = (Free("free"), Held("held"), Held("over", expiresAt: Now));
        var waitedFor = Held("waited for", expiresAt: Now).WithWaiters(Waiter(1));
        await CommitAsync(Insert(free), Insert(held), Insert(over), Insert(waitedFor));

        Assert.Equal(["held", "waited for"], await KeysAsync(InUse));
        Assert.Equal(["held"], await KeysAsync(InUse with { Stage = LockStage.Held }));
        Assert.Equal(["free", "over", "waited for"], await KeysAsync(InUse with { Stage = LockStage.Free }));
        Assert.Empty(await KeysAsync(InUse with { Stage = LockStage.Offered }));
    }

    [Fact]
    public async Task List_FindsTheLocksOfAnOwner_AndThoseInAState()
    {
        var (mine, yours) = (Held("mine"), Held("yours"));
        var cooling = Held("cooling") is var released
            ? released with { Holder = released.Holder! with { Stage = LockStage.Cooling, ReleasedAt = Now } }
            : null!;
        await CommitAsync(Insert(mine with { Holder = mine.Holder! with { Owner = "me%" } }), Insert(yours), Insert(cooling));

        Assert.Equal(["mine"], await KeysAsync(InUse with { Owner = "me%" }));
        Assert.Equal(["cooling"], await KeysAsync(InUse with { Stage = LockStage.Cooling }));
        Assert.Equal(["yours"], await KeysAsync(InUse with { Owner = "owner", Stage = LockStage.Held }));
        Assert.Empty(await KeysAsync(InUse with { Owner = "me" }));
    }

    [Fact]
    public async Task List_FindsTheLocks_ThatAttemptsHaveWaitedForSinceThen()
    {
        var early = Waiter(1) with { QueuedAt = Now.AddMinutes(-5) };
        await CommitAsync(
            Insert(Held("a").WithWaiters(early, Waiter(2))),
            Insert(Held("b").WithWaiters(Waiter(1))),
            Insert(Held("c")),
            Insert(Held("d").WithWaiters(early with { Ticket = 3 })));
        var since = InUse with { WaitingSince = Now.AddMinutes(-1) };

        Assert.Equal(["a", "d"], await KeysAsync(since));
        Assert.Equal(["a", "d"], await KeysAsync(since with { Limit = 1 }));
        Assert.Equal(["d"], await KeysAsync(since with { Prefix = "d" }));
        Assert.Equal(["a", "b", "d"], await KeysAsync(InUse with { WaitingSince = Now }));
        Assert.Empty(await KeysAsync(since with { Owner = "another" }));
        var found = Assert.Single((await Store.Reader.ListAsync(since with { Prefix = "a" }, Cancel)).Items);
        Assert.Equal((2, (DateTimeOffset?)early.QueuedAt), (found.Waiters, found.WaitingSince));
    }

    [Fact]
    public async Task Leases_AreListedWithTheNumberOfTheirLocks_PageByPage()
    {
        // Three are granted at one moment, and two at another one, before.
        var leases = Enumerable.Range(0, 5).Select(i => GrantedAt(Active(), Now.AddMicroseconds(i < 3 ? 0 : -1))).ToList();
        var ended = Active();
        await Store.Leases.CommitAsync([.. leases.Select(lease => InsertLease(lease)), InsertLease(ended.Ending())], Cancel);
        await CommitAsync(Insert(On(leases[2].AsSeenByLocks())), Insert(On(leases[2].AsSeenByLocks())));

        List<InspectedLease> found = [];
        Guid? after = null;
        do
        {
            var page = await Store.Reader.ListLeasesAsync(after, 2, Cancel);
            Assert.InRange(page.Items.Count, 1, 2);
            found.AddRange(page.Items);
            after = page.Next is { } next ? Guid.Parse(next) : null;
        }
        while (after is not null);

        Assert.Equal(leases.Select(lease => lease.Id).Order(), found.Select(lease => lease.State.Id).Order());
        Assert.Equal(leases.Skip(3).Select(lease => lease.Id).Order(), found.Take(2).Select(lease => lease.State.Id).Order());
        Assert.Equal([2], found.Where(lease => lease.State.Id == leases[2].Id).Select(lease => lease.Locks));
        Assert.Equal(2, found.Sum(lease => lease.Locks));
        Assert.Equal(leases[0].Grant!.ExpiresAt, found.Single(lease => lease.State.Id == leases[0].Id).State.Grant!.ExpiresAt);
    }

    [Fact]
    public async Task Counts_AreThoseOfTheLocks_AndNameTheMostContended()
    {
        var lease = Active();
        await Store.Leases.CommitAsync([InsertLease(lease)], Cancel);
        var early = Waiter(1) with { QueuedAt = Now.AddMinutes(-5) };
        await CommitAsync(
            Insert(Free("free")),
            Insert(Held("held")),
            Insert(Held("over", expiresAt: Now)),
            Insert(On(lease.AsSeenByLocks())),
            Insert(On(LeaseSnapshot.NotFound(Guid.CreateVersion7()))),
            Insert(Held("long").WithWaiters(Waiter(1), Waiter(2), Waiter(3))),
            Insert(Held("old").WithWaiters(early)));

        var counts = await Store.Reader.CountAsync(Top(1), 1_000, Now, Cancel);

        Assert.Equal((4, 3), (counts.Stages[LockStage.Held], counts.Stages[LockStage.Free]));
        Assert.Equal((4, 2, (DateTimeOffset?)early.QueuedAt), (counts.Waiters, counts.Contended, counts.WaitingSince));
        Assert.Equal(["long"], counts.MostContended.Select(found => found.Key));
        Assert.Equal(["old"], counts.LongestWaits.Select(found => found.Key));
        Assert.Equal((1, false), (counts.Leases, counts.IsTruncated));
        Assert.True((await Store.Reader.CountAsync(Top(1), 6, Now, Cancel)).IsTruncated);
        Assert.False((await Store.Reader.CountAsync(Top(1), 7, Now, Cancel)).IsTruncated);
    }

    [Fact]
    public async Task OldestHolders_AreThoseThatStillHold_TheOldestFirst()
    {
        await CommitAsync(
            Insert(Free("free")),
            Insert(HeldSince("second", minutesAgo: 3)),
            Insert(HeldSince("first", minutesAgo: 4)),
            Insert(HeldSince("third", minutesAgo: 2)),
            Insert(HeldSince("over", minutesAgo: 5, expiresAt: Now)));

        Assert.Equal(["first", "second"], await OldestAsync(2));
        Assert.Equal(["first", "second", "third"], await OldestAsync(10));

        async Task<IEnumerable<string>> OldestAsync(int limit) =>
            (await Store.Reader.CountAsync(Top(limit), 1_000, Now, Cancel)).OldestHolders.Select(found => found.Key);

        static LockState HeldSince(string key, int minutesAgo, DateTimeOffset? expiresAt = null)
        {
            var held = Held(key, expiresAt: expiresAt);
            return held with { Holder = held.Holder! with { GrantedAt = Now.AddMinutes(-minutesAgo) } };
        }
    }

    [Fact]
    public async Task Counts_OfAnEmptyStore_AreZero()
    {
        var counts = await Store.Reader.CountAsync(Top(10), 1_000, Now, Cancel);

        Assert.Empty(counts.Stages);
        Assert.Equal((0, 0, null, 0, false), (counts.Waiters, counts.Contended, counts.WaitingSince, counts.Leases, counts.IsTruncated));
        Assert.Empty((await Store.Reader.ListAsync(InUse, Cancel)).Items);
    }

    [Fact]
    public async Task Waits_AreTold_WithTheGrantThatTheyWaitFor_TheLongestFirst()
    {
        var lease = Active();
        await Store.Leases.CommitAsync([InsertLease(lease)], Cancel);
        var (first, second, late) = (At(1, -20), At(2, -30) with { Lease = LeaseSnapshot.NotFound(lease.Id) }, At(3, -5));
        var held = Since(Held("held", fence: 7), -60).WithWaiters(first, second, late);
        var cohort = Since(Held("cohort", fence: 40), -60) is var one
            ? one with { LastFence = 42, Holder = one.Holder! with { Cohort = Cohort(41, 42), Stage = LockStage.Offered } }
            : null!;
        await CommitAsync(
            Insert(held),
            Insert(cohort.WithWaiters(At(1, -40))),
            Insert(Since(On(lease.AsSeenByLocks()), -60).WithWaiters(At(1, -25))),
            Insert(Since(Held("without waiters"), -60)));

        var waits = await Store.Reader.ListWaitsAsync(Now.AddSeconds(-10), 100, Now, Cancel);

        Assert.Equal(
            [("cohort", 40), (held.Key, 7), (waits[2].Key, 1), (held.Key, 7)], waits.Select(wait => (wait.Key, wait.FencingToken)));
        Assert.Equal((second.AcquireId, second.QueuedAt), (waits[1].AcquireId, waits[1].QueuedAt));
        Assert.Equal(new Contender(second.Owner, "client", LeaseFingerprint.Of(lease.Id)), waits[1].Waiter);
        Assert.Equal(held.Holder!.AcquireId, waits[1].HolderId);
        Assert.Equal(new Contender("owner"), waits[1].Holder);
        Assert.Equal(Now.AddSeconds(-60), waits[1].GrantedAt);
        Assert.Equal(LeaseFingerprint.Of(lease.Id), waits[2].Holder.LeaseFingerprint);
        Assert.Equal((first.AcquireId, new Contender(first.Owner, "client")), (waits[3].AcquireId, waits[3].Waiter));
        Assert.Equal(waits.Take(2), await Store.Reader.ListWaitsAsync(Now.AddSeconds(-10), 2, Now, Cancel));
    }

    [Fact]
    public async Task Waits_ForALockWhoseTimeIsOver_OrThatIsCooling_OrWasJustGranted_AreNone()
    {
        var cooling = Since(Held("cooling"), -60);
        await CommitAsync(
            Insert(Since(Held("over", expiresAt: Now), -60).WithWaiters(At(1, -20))),
            Insert(Since(On(LeaseSnapshot.NotFound(Guid.CreateVersion7())), -60).WithWaiters(At(1, -20))),
            Insert((cooling with { Holder = cooling.Holder! with { Stage = LockStage.Cooling, ReleasedAt = Now } }).WithWaiters(At(1, -20))),
            Insert(Since(Held("just granted"), -5).WithWaiters(At(1, -20))),
            Insert(Free("free")));

        Assert.Empty(await Store.Reader.ListWaitsAsync(Now.AddSeconds(-10), 100, Now, Cancel));
    }

    private static Waiter At(long ticket, int seconds) => Waiter(ticket) with { QueuedAt = Now.AddSeconds(seconds) };

    private static LockState Since(LockState state, int seconds) =>
        state with { Holder = state.Holder! with { GrantedAt = Now.AddSeconds(seconds) } };

    private static InspectedTop Top(int limit) => new(limit, limit, limit);

    /// <summary>The keys of all pages; no page holds more than its limit.</summary>
    private async Task<List<string>> KeysAsync(LockFilter filter)
    {
        List<string> keys = [];
        string? next = filter.After;
        do
        {
            var page = await Store.Reader.ListAsync(filter with { After = next }, Cancel);
            Assert.InRange(page.Items.Count, 0, filter.Limit);
            keys.AddRange(page.Items.Select(found => found.Key));
            next = page.Next;
        }
        while (next is not null);

        return keys;
    }

    private static LockState On(LeaseSnapshot lease) =>
        Held() is var state ? state with { Holder = state.Holder!.OnLease(lease) } : null!;

    private static Holder WithoutSecrets(Holder holder) => holder with { Token = default };

    private static Waiter WithoutSecrets(Waiter waiter) => waiter with { Token = default, MayJoinCohort = false };

    private static LeaseState GrantedAt(LeaseState lease, DateTimeOffset time) => lease with { Grant = lease.Grant! with { GrantedAt = time } };
}
