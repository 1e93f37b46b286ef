using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using Xunit;
using static Locks.Compliance.SampleLocks;

namespace Locks.Compliance;

/// <summary>What every store must do with locks, whatever it keeps them in.</summary>
public abstract class LockStoreCompliance : StoreCompliance
{
    [Fact]
    public async Task Load_ReturnsEveryFieldOfAHeldLock()
    {
        var state = new LockState(
            Key: NewKey("schlüssel/🔒/ключ/\"quoted\\' \n"),
            LastFence: long.MaxValue,
            LastTicket: long.MaxValue,
            Holder: new Holder(
                Guid.CreateVersion7(), "владелец 🦊 o'hara", new OwnerToken("Az-09_\"'\\<>&"), long.MaxValue,
                TimeSpan.FromMicroseconds(100_001), Now, Now.AddMicroseconds(100_001), LockStage.Cooling, "client/ü",
                new ReplyTo(new Uri("loopback://localhost/ü"), Guid.CreateVersion7()), Lease: null, ReleasedAt: Now.AddMicroseconds(-1)),
            Waiters: WaitQueue.Of([Waiter(1), Waiter(long.MaxValue)]),
            Ended: Ended(7));
        var write = Insert(state) with { NewVersion = long.MaxValue, ExpiryTokenId = Guid.CreateVersion7() };

        await CommitAsync(write);

        var stored = await LoadAsync(state);
        Assert.Equal(write.Id, stored.Id);
        Assert.Equal(long.MaxValue, stored.Version);
        Assert.Equal(write.ExpiryTokenId, stored.ExpiryTokenId);
        AssertSame(state, stored.State);
    }

    [Fact]
    public async Task Load_ReturnsWhoWasGrantedTogether_AndWhoMayBe()
    {
        var head = Held(fence: 40);
        var run = (head with { LastFence = 42, Holder = head.Holder! with { Cohort = Cohort(41, 42) } })
            .WithWaiters(Waiter(1) with { MayJoinCohort = true }, Waiter(2));
        await CommitAsync(Insert(run));
        AssertSame(run, (await LoadAsync(run)).State);

        var redirected = run.Waiters.Head! with { MayJoinCohort = false };
        var alone = run with
        {
            LastFence = 43,
            Holder = run.Holder! with { FencingToken = 43, Cohort = null },
            Waiters = WaitQueue.Of([redirected, run.Waiters.Last!]),
        };
        await CommitAsync(Update(1, alone, enqueued: [redirected]));
        AssertSame(alone, (await LoadAsync(alone)).State);

        var longest = alone with { LastFence = 1_100, Holder = alone.Holder! with { FencingToken = 100, Cohort = Cohort(101, 1_100) } };
        await CommitAsync(Update(2, longest));
        AssertSame(longest, (await LoadAsync(longest)).State);
    }

    [Fact]
    public async Task Load_ReturnsWhereTheLockIsInItsLife()
    {
        var held = Held();
        var offered = held with { Holder = held.Holder! with { Stage = LockStage.Offered } };
        var cooling = held with { Holder = held.Holder!.CooledDown(Now, TimeSpan.FromSeconds(1)) };
        await CommitAsync(Insert(offered));
        AssertSame(offered, (await LoadAsync(offered)).State);

        foreach (var (version, next) in new[] { held, cooling, offered with { Holder = null } }.Index())
        {
            await CommitAsync(Update(version + 1, next));
            AssertSame(next, (await LoadAsync(next)).State);
        }
    }

    [Fact]
    public async Task Load_ReturnsWhatIsAbsentAsAbsent()
    {
        var free = Free();
        var held = Held();
        held = (held with { Holder = held.Holder! with { ClientId = null } })
            .WithWaiters(Waiter(1) with { ClientId = null, ReplyTo = new ReplyTo(new Uri("queue:replies"), null) });

        await CommitAsync(Insert(free), Insert(held));

        var stored = await LoadAsync(free);
        Assert.Null(stored.ExpiryTokenId);
        AssertSame(free, stored.State);
        AssertSame(held, (await LoadAsync(held)).State);
    }

    [Fact]
    public async Task Load_ReturnsTheLongestText()
    {
        var key = NewKey();
        key += new string('k', LockLimits.MaxKeyBytes - key.Length);
        var state = Held(key);
        state = (state with
        {
            Holder = state.Holder! with
            {
                Owner = new string('o', LockLimits.MaxOwnerBytes),
                Token = new OwnerToken(new string('t', LockLimits.MaxOwnerTokenBytes)),
                ClientId = new string('c', LockLimits.MaxClientIdBytes),
                NotifyAt = new ReplyTo(new Uri("rabbitmq://localhost/" + new string('t', 10_000)), null),
            },
            Ended = Ended(2 * 1_024),
        }).WithWaiters(Waiter(1) with
        {
            Owner = new string('o', LockLimits.MaxOwnerBytes),
            Token = new OwnerToken(new string('t', LockLimits.MaxOwnerTokenBytes)),
            ClientId = new string('c', LockLimits.MaxClientIdBytes),
            ReplyTo = new ReplyTo(new Uri("rabbitmq://localhost/" + new string('r', 10_000)), Guid.CreateVersion7()),
        });

        await CommitAsync(Insert(state));

        AssertSame(state, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task Load_OfKeysThatDifferInCase_FindsEach()
    {
        var key = NewKey();
        var (lower, upper) = (Free(key, 1), Free(key.ToUpperInvariant(), 2));

        await CommitAsync(Insert(lower), Insert(upper));

        AssertSame(lower, (await LoadAsync(lower)).State);
        AssertSame(upper, (await LoadAsync(upper)).State);
    }

    [Fact]
    public async Task Load_FindsThoseThatExist()
    {
        var (one, other) = (Held(), Held());
        await CommitAsync(Insert(one), Insert(other));

        var found = await Store.LoadAsync([Id(one), Guid.CreateVersion7(), Id(other)], Cancel);

        Assert.Equal(new[] { Id(one), Id(other) }.Order(), found.Select(stored => stored.Id).Order());
        Assert.Empty(await Store.LoadAsync([Guid.CreateVersion7()], Cancel));
        Assert.Empty(await Store.LoadAsync([], Cancel));
    }

    [Fact]
    public async Task Load_KeepsTheQueuesOfLocksApart()
    {
        var locks = Enumerable.Range(1, 20).Select(n => Held().WithWaiters(Enumerable.Range(1, n).Select(i => Waiter(i)))).ToList();
        await CommitAsync([.. locks.Select(state => Insert(state))]);

        var found = await Store.LoadAsync([.. locks.Select(Id)], Cancel);

        Assert.Equal(locks.Count, found.Count);
        foreach (var state in locks)
            AssertSame(state, found.Single(stored => stored.Id == Id(state)).State);
    }

    [Fact]
    public async Task Commit_OfNothing_RefusesNothing() => Assert.Empty(await Store.CommitAsync([], Cancel));

    [Fact]
    public async Task Commit_OnTheCurrentVersion_Replaces()
    {
        var held = Held() with { Ended = Ended(3) };
        var free = Free(held.Key, held.LastFence) with { LastTicket = 5, Ended = Ended(4) };
        await CommitAsync(Insert(held) with { ExpiryTokenId = Guid.CreateVersion7() });

        await CommitAsync(Update(1, free));

        var stored = await LoadAsync(free);
        Assert.Equal(2, stored.Version);
        Assert.Null(stored.ExpiryTokenId);
        AssertSame(free, stored.State);
    }

    [Fact]
    public async Task Commit_OnAStaleVersion_IsRefused()
    {
        var state = Held(fence: 1);
        await CommitAsync(Insert(state));
        var second = Held(state.Key, fence: 2);
        await CommitAsync(Update(1, second));

        var refused = await Store.CommitAsync([Update(1, Held(state.Key, fence: 3))], Cancel);

        Assert.Equal([Id(state)], refused);
        AssertSame(second, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task Commit_OnAVersionYetToCome_IsRefused()
    {
        var state = Held();
        await CommitAsync(Insert(state));

        Assert.Equal([Id(state)], await Store.CommitAsync([Update(2, Held(state.Key, fence: 3))], Cancel));

        AssertSame(state, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task Commit_OfANewLockThatExists_IsRefused()
    {
        var state = Held();
        await CommitAsync(Insert(state));

        Assert.Equal([Id(state)], await Store.CommitAsync([Insert(Held(state.Key, fence: 9))], Cancel));

        AssertSame(state, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task Commit_OnALockThatWasPurged_IsRefused()
    {
        var state = Free();
        await CommitAsync(Insert(state, Now.AddDays(-1)));
        Assert.Equal(1, await Store.PurgeIdleAsync(Now, 10, Cancel));

        Assert.Equal([Id(state)], await Store.CommitAsync([Update(1, Held(state.Key).WithWaiters(Waiter(1)), [Waiter(1)])], Cancel));

        Assert.Empty(await Store.LoadAsync([Id(state)], Cancel));
    }

    [Fact]
    public async Task Commit_OfALockThatWasPurged_AsNew_HasNothingOfTheOldOne()
    {
        var state = Held().WithWaiters(Waiter(1));
        await CommitAsync(Insert(state));
        await CommitAsync(Update(1, Free(state.Key), dequeued: [1]) with { WrittenAt = Now.AddDays(-1) });
        Assert.Equal(1, await Store.PurgeIdleAsync(Now, 10, Cancel));

        var again = Held(state.Key, fence: 7);
        await CommitAsync(Insert(again));

        AssertSame(again, (await LoadAsync(again)).State);
    }

    [Fact]
    public async Task Commit_WritesTheRestOfASetWhole_WhenSomeAreRefused()
    {
        var stale = Held().WithWaiters(Waiter(1));
        var existing = Held();
        var current = Held().WithWaiters(Waiter(1), Waiter(2));
        await CommitAsync(Insert(stale), Insert(existing), Insert(current));

        var waiter = Waiter(3);
        var currentAfter = (current with { Waiters = current.Waiters.Remove(current.Waiters.Head!) }).WithWaiters(waiter);
        var fresh = Held().WithWaiters(Waiter(1));
        var absent = Held();
        var refused = await Store.CommitAsync(
            [
                Update(7, Held(stale.Key), [Waiter(2)], [1]),
                Insert(Held(existing.Key).WithWaiters(Waiter(1))),
                Update(1, currentAfter, [waiter], [1]),
                Insert(fresh),
                Update(5, absent, [Waiter(1)]),
            ],
            Cancel);

        Assert.Equal(new[] { Id(stale), Id(existing), Id(absent) }.Order(), refused.Order());
        AssertSame(stale, (await LoadAsync(stale)).State);
        AssertSame(existing, (await LoadAsync(existing)).State);
        AssertSame(currentAfter, (await LoadAsync(current)).State);
        AssertSame(fresh, (await LoadAsync(fresh)).State);
        Assert.Empty(await Store.LoadAsync([Id(absent)], Cancel));

        // Nor did the refused ones leave waiters behind that would come to light with a row of theirs.
        await CommitAsync(Insert(absent), Update(1, existing));
        AssertSame(absent, (await LoadAsync(absent)).State);
        AssertSame(existing, (await LoadAsync(existing)).State);
    }

    [Fact]
    public async Task Commit_ChangesAQueue_AtBothEndsAndInTheMiddle()
    {
        Waiter[] queue = [Waiter(1), Waiter(2), Waiter(3), Waiter(4)];
        var state = Held().WithWaiters(queue);
        await CommitAsync(Insert(state));

        var moved = queue[2] with { ReplyTo = new ReplyTo(new Uri("loopback://elsewhere/replies"), Guid.CreateVersion7()) };
        var last = Waiter(5);
        var after = (state with { Waiters = WaitQueue.Empty }).WithWaiters(queue[1], moved, last);
        await CommitAsync(Update(1, after, enqueued: [moved, last], dequeued: [1, 4]));

        AssertSame(after, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task Commit_LeavesTheQueue_WhenItSaysNothingAboutIt()
    {
        var state = Held().WithWaiters(Waiter(1), Waiter(2));
        await CommitAsync(Insert(state));
        var renewed = state with { Holder = state.Holder!.ExtendedTo(Now, TimeSpan.FromHours(1)) };

        await CommitAsync(Update(1, renewed));

        AssertSame(renewed, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task Commit_OfATicketThatIsNotStored_AsGone_IsHarmless()
    {
        var state = Held();
        await CommitAsync(Insert(state));

        await CommitAsync(Update(1, state, dequeued: [1, 2, 3]));

        AssertSame(state, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task TenThousandWaiters_AreStored_ServedAndLoadedInOrder()
    {
        const int Many = 10_000;
        var queue = Enumerable.Range(1, Many).Select(i => Waiter(i)).ToList();
        var state = Held().WithWaiters(queue);
        await CommitAsync(Insert(state) with { Enqueued = [.. queue.AsEnumerable().Reverse()] });

        state = state with { Waiters = state.Waiters.Remove(state.Waiters.Head!) };
        await CommitAsync(Update(1, state, dequeued: [1]));

        var stored = (await LoadAsync(state)).State.Waiters;
        Assert.Equal(Many - 1, stored.Count);
        Assert.Equal(state.Waiters.InOrder, stored.InOrder);
    }

    [Fact]
    public async Task FindOverdue_FindsTheLongestOverdueFirst_AndNoMoreThanAsked()
    {
        var locks = Enumerable.Range(1, 5).Select(n => Held(fence: n, expiresAt: Now.AddMicroseconds(-n))).ToList();
        await CommitAsync([.. locks.Select(state => Insert(state))]);

        var overdue = await Store.FindOverdueAsync(Now, 3, Cancel);

        Assert.Equal(
            [
                new OverdueLock(locks[4].Key, 5, Now.AddMicroseconds(-5)),
                new OverdueLock(locks[3].Key, 4, Now.AddMicroseconds(-4)),
                new OverdueLock(locks[2].Key, 3, Now.AddMicroseconds(-3)),
            ],
            overdue);
    }

    [Fact]
    public async Task FindOverdue_FindsWhatWasDueBeforeTheMoment_NotAtIt()
    {
        var before = Held(expiresAt: Now.AddMicroseconds(-1));
        await CommitAsync(Insert(before), Insert(Held(expiresAt: Now)), Insert(Held(expiresAt: Now.AddMicroseconds(1))), Insert(Free()));

        var found = Assert.Single(await Store.FindOverdueAsync(Now, 10, Cancel));

        Assert.Equal(before.Key, found.Key);
    }

    [Fact]
    public async Task FindOverdue_FindsAWaiterWhoseDeadlineHasPassed()
    {
        var state = Held(fence: 3, expiresAt: Now.AddHours(1)).WithWaiters(Waiter(1), Waiter(2, deadline: Now.AddSeconds(-1)));
        await CommitAsync(Insert(state));

        Assert.Equal([new OverdueLock(state.Key, 3, Now.AddSeconds(-1))], await Store.FindOverdueAsync(Now, 10, Cancel));
    }

    [Fact]
    public async Task FindOverdue_ForgetsWhatWasServed()
    {
        var state = Held(expiresAt: Now.AddSeconds(-1));
        await CommitAsync(Insert(state));

        await CommitAsync(Update(1, Free(state.Key, state.LastFence)));

        Assert.Empty(await Store.FindOverdueAsync(Now, 10, Cancel));
    }

    [Fact]
    public async Task FindOverdue_FollowsALock_WhoseTimeMovesOnAndBack()
    {
        var key = NewKey();
        await CommitAsync(Insert(Held(key, fence: 1, expiresAt: Now)));
        await CommitAsync(Update(1, Held(key, fence: 1, expiresAt: Now.AddSeconds(9))));

        // A look that comes too early changes nothing about the next.
        Assert.Empty(await Store.FindOverdueAsync(Now.AddSeconds(9), 10, Cancel));
        Assert.Equal([new OverdueLock(key, 1, Now.AddSeconds(9))], await Store.FindOverdueAsync(Now.AddSeconds(10), 10, Cancel));
        Assert.Equal([new OverdueLock(key, 1, Now.AddSeconds(9))], await Store.FindOverdueAsync(Now.AddSeconds(10), 10, Cancel));

        await CommitAsync(Update(2, Held(key, fence: 1, expiresAt: Now.AddSeconds(2))));
        Assert.Equal([new OverdueLock(key, 1, Now.AddSeconds(2))], await Store.FindOverdueAsync(Now.AddSeconds(10), 10, Cancel));

        await CommitAsync(Update(3, Free(key, 1)));
        Assert.Empty(await Store.FindOverdueAsync(Now.AddSeconds(10), 10, Cancel));

        await CommitAsync(Update(4, Held(key, fence: 2, expiresAt: Now.AddSeconds(3))));
        Assert.Equal([new OverdueLock(key, 2, Now.AddSeconds(3))], await Store.FindOverdueAsync(Now.AddSeconds(10), 10, Cancel));
    }

    [Fact]
    public async Task FindOverdue_IsNotKeptFromTheOverdue_ByManyWhoseTimeMovedOn()
    {
        const int Many = 2_000;
        var locks = Enumerable.Range(1, Many).Select(_ => Held(expiresAt: Now.AddSeconds(-9))).ToList();
        await CommitAsync([.. locks.Select(state => Insert(state))]);
        var overdue = Held(expiresAt: Now.AddSeconds(-1));
        await CommitAsync(
            [.. locks.Select(state => Update(1, Held(state.Key, expiresAt: Now.AddSeconds(9)))), Insert(overdue)]);

        Assert.Equal(overdue.Key, Assert.Single(await Store.FindOverdueAsync(Now, 1, Cancel)).Key);
        Assert.Equal(Many + 1, (await Store.FindOverdueAsync(Now.AddSeconds(10), 2 * Many, Cancel)).Count);
    }

    [Fact]
    public async Task Purge_FollowsALock_ThatIsTakenAndFreedAgain()
    {
        var state = Free();
        await CommitAsync(Insert(state, Now));
        await CommitAsync(Update(1, Held(state.Key)) with { WrittenAt = Now });
        Assert.Equal(0, await Store.PurgeIdleAsync(Now.AddSeconds(1), 10, Cancel));

        await CommitAsync(Update(2, state) with { WrittenAt = Now.AddSeconds(5) });
        Assert.Equal(0, await Store.PurgeIdleAsync(Now.AddSeconds(5), 10, Cancel));
        await CommitAsync(Update(3, state) with { WrittenAt = Now.AddSeconds(8) });
        Assert.Equal(0, await Store.PurgeIdleAsync(Now.AddSeconds(7), 10, Cancel));

        Assert.Equal(1, await Store.PurgeIdleAsync(Now.AddSeconds(9), 10, Cancel));
    }

    [Fact]
    public async Task Purge_DeletesWhatIsFreeAndOld_AndNothingElse()
    {
        var old = Free();
        var recent = Free();
        var held = Held();
        var waited = Held().WithWaiters(Waiter(1));
        await CommitAsync(
            Insert(old, Now.AddMicroseconds(-1)), Insert(recent, Now), Insert(held, Now.AddDays(-9)), Insert(waited, Now.AddDays(-9)));

        Assert.Equal(1, await Store.PurgeIdleAsync(Now, 10, Cancel));

        Assert.Empty(await Store.LoadAsync([Id(old)], Cancel));
        Assert.Equal(3, (await Store.LoadAsync([Id(recent), Id(held), Id(waited)], Cancel)).Count);
        AssertSame(waited, (await LoadAsync(waited)).State);
        Assert.Equal(0, await Store.PurgeIdleAsync(Now, 10, Cancel));
    }

    [Fact]
    public async Task Purge_DeletesNoMoreThanAsked()
    {
        await CommitAsync([.. Enumerable.Range(0, 5).Select(_ => Insert(Free(), Now.AddDays(-1)))]);

        Assert.Equal(3, await Store.PurgeIdleAsync(Now, 3, Cancel));
        Assert.Equal(2, await Store.PurgeIdleAsync(Now, 3, Cancel));
    }

    [Fact]
    public async Task ParallelWritersOfOneLock_LoseNoUpdate()
    {
        // Of so many writers, one in dozens commits on the version that it has read: the others meet a refusal, again and again.
        const int Writers = 32, Increments = 10;
        var key = NewKey();
        await CommitAsync(Insert(Free(key)));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < Increments;)
            {
                var stored = await LoadAsync(key);
                var next = Update(stored.Version, stored.State with { LastFence = stored.State.LastFence + 1 });
                if ((await Store.CommitAsync([next], Cancel)).Count == 0)
                    done++;
            }
        }, Cancel)));

        var last = await LoadAsync(key);
        Assert.Equal(1 + (Writers * Increments), last.Version);
        Assert.Equal(Writers * Increments, last.State.LastFence);
    }

    [Fact]
    public async Task ParallelInsertsOfOneLock_AreOneInsertAndRefusals()
    {
        for (var round = 0; round < 20; round++)
        {
            var key = NewKey();
            var candidates = Enumerable.Range(1, 8).Select(n => Held(key, n).WithWaiters(Waiter(n))).ToList();

            var outcomes = await Task.WhenAll(candidates.Select(state => Task.Run(() => Store.CommitAsync([Insert(state)], Cancel), Cancel)));

            var winner = Assert.Single(outcomes.Index(), outcome => outcome.Item.Count == 0).Index;
            AssertSame(candidates[winner], (await LoadAsync(key)).State);
        }
    }

    [Fact]
    public async Task ParallelSetsThatOverlap_NeverWaitForEachOther()
    {
        const int Writers = 8, Rounds = 25;
        var keys = Enumerable.Range(0, 40).Select(_ => NewKey()).ToArray();
        var written = new long[keys.Length];

        // Half of the locks are new, so that sets of inserts meet, too; and the purge is about.
        await CommitAsync([.. keys.Take(20).Select(key => Insert(Held(key)))]);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            for (var round = 0; round < Rounds; round++)
            {
                var indexes = Enumerable.Range(0, keys.Length).ToArray();
                random.Shuffle(indexes);
                var chosen = indexes[..30];
                var stored = (await Store.LoadAsync([.. chosen.Select(i => LockKey.ToId(keys[i]))], Cancel)).ToDictionary(s => s.Id);
                var writes = chosen
                    .Select(i => stored.TryGetValue(LockKey.ToId(keys[i]), out var s)
                        ? OneMoreWaits(s)
                        : Insert(Held(keys[i])))
                    .ToList();
                var refused = await Store.CommitAsync(writes, Cancel);
                foreach (var i in chosen.Where(i => !refused.Contains(LockKey.ToId(keys[i]))))
                    Interlocked.Increment(ref written[i]);
                await Store.PurgeIdleAsync(Now.AddDays(1), 10, Cancel);
            }
        }, Cancel)));

        for (var i = 0; i < keys.Length; i++)
        {
            var stored = await LoadAsync(keys[i]);
            var writes = written[i] + (i < 20 ? 1 : 0);
            Assert.Equal(writes, stored.Version);
            Assert.Equal(writes - 1, stored.State.Waiters.Count);
        }
    }

    [Fact]
    public async Task LoadsBesideCommits_SeeLockAndQueueTogether()
    {
        var state = Held();
        var id = Id(state);
        await CommitAsync(Insert(state));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        // As many waiters as the version says, in every look.
        var writer = Task.Run(async () =>
        {
            for (var version = 1L; version <= 300; version++)
            {
                var waiter = Waiter(version);
                state = state.WithWaiters(waiter);
                await CommitAsync(Update(version, state, [waiter]));
            }

            await done.CancelAsync();
        }, Cancel);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            do
            {
                var stored = Assert.Single(await Store.LoadAsync([id], Cancel));
                Assert.Equal(stored.Version - 1, stored.State.Waiters.Count);
                Assert.Equal(stored.Version - 1, stored.State.LastTicket);
            }
            while (!done.IsCancellationRequested);
        }, Cancel));

        await Task.WhenAll([writer, .. readers]);
    }

    [Fact]
    public async Task PurgesBesideTakers_DeleteNoLockThatIsTaken()
    {
        for (var round = 0; round < 20; round++)
        {
            var locks = Enumerable.Range(0, 20).Select(_ => Free()).ToList();
            await CommitAsync([.. locks.Select(state => Insert(state, Now.AddDays(-1)))]);

            var taking = Task.Run(
                () => Store.CommitAsync([.. locks.Select(state => Update(1, Held(state.Key)) with { WrittenAt = Now.AddDays(-1) })], Cancel),
                Cancel);
            var purging = Task.Run(() => Store.PurgeIdleAsync(Now, 100, Cancel), Cancel);
            await Task.WhenAll(taking, purging);

            var refused = await taking;
            Assert.Equal(await purging, refused.Count);
            var kept = await Store.LoadAsync([.. locks.Select(Id)], Cancel);
            Assert.Equal(locks.Select(Id).Except(refused).Order(), kept.Select(stored => stored.Id).Order());
            Assert.All(kept, stored => Assert.Equal(2, stored.Version));
        }
    }

    [Fact]
    public async Task EveryOperation_HonoursCancellation()
    {
        var cancelled = new CancellationToken(canceled: true);
        var state = Free();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.LoadAsync([Id(state)], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CommitAsync([Insert(state)], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.FindOverdueAsync(Now, 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PurgeIdleAsync(Now, 1, cancelled));

        Assert.Empty(await Store.LoadAsync([Id(state)], Cancel));
    }

    [Fact]
    public async Task TheReadinessProbe_DoesWhatAGrantDoes_AndIsRefused()
    {
        var watched = new WatchedStore(Store);

        await watched.ProbeAsync(Cancel);

        Assert.Equal(1, watched.Loads);
        var (writes, refused) = Assert.Single(watched.Commits);
        Assert.Contains(writes, write => write.AttachesTo.Count > 0);
        Assert.Contains(writes, write => write.AttachesTo.Count == 0);
        Assert.Equal(writes.Select(write => write.Id).Order(), refused.Order());
        Assert.Empty(await Store.LoadAsync([.. writes.Select(write => write.Id)], Cancel));
    }

    private static LockWrite OneMoreWaits(StoredLock stored)
    {
        var waiter = Waiter(stored.State.LastTicket + 1);
        return Update(stored.Version, stored.State.WithWaiters(waiter), [waiter]);
    }

    /// <summary>Remembers what is asked of a store.</summary>
    private sealed class WatchedStore(ILockStore store) : ILockStore
    {
        public int Loads { get; private set; }

        public List<(IReadOnlyList<LockWrite> Writes, IReadOnlySet<Guid> Refused)> Commits { get; } = [];

        public ILeaseStore Leases => store.Leases;

        public ILockReader Reader => store.Reader;

        public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
        {
            Loads++;
            return store.LoadAsync(ids, cancellationToken);
        }

        public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
        {
            var refused = await store.CommitAsync(writes, cancellationToken);
            Commits.Add((writes, refused));
            return refused;
        }

        public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
            store.FindOverdueAsync(dueBefore, limit, cancellationToken);

        public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
            store.PurgeIdleAsync(idleSince, limit, cancellationToken);
    }
}
