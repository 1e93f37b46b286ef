using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Xunit;
using static Locks.Compliance.SampleLeases;
using static Locks.Compliance.SampleLocks;

namespace Locks.Compliance;

/// <summary>What every store must do with shared leases and the locks on them, whatever it keeps them in.</summary>
public abstract class LeaseStoreCompliance : StoreCompliance
{
    private const int All = int.MaxValue;

    [Fact]
    public async Task Load_ReturnsEveryFieldOfALease_InEveryStage()
    {
        var active = Active();
        LeaseWrite[] writes =
        [
            InsertLease(active) with { NewVersion = long.MaxValue, DueTokenId = Guid.CreateVersion7() },
            InsertLease(Active().Ending()) with { DueTokenId = Guid.CreateVersion7() },
            InsertLease(Active().Ended()),
            InsertLease(RevokedBeforeItWasGranted()),
            InsertLease(active with
            {
                Id = Guid.CreateVersion7(),
                Grant = active.Grant! with { Owner = "владелец 🦊 o'hara", ClientId = null, Ttl = TimeSpan.FromMicroseconds(100_001), NotifyAt = null },
            }),
        ];

        await CommitAsync(writes);

        foreach (var write in writes)
            Assert.Equal(new StoredLease(write.NewVersion, write.State, write.DueTokenId), await LoadAsync(write.State.Id));
    }

    [Theory]
    [InlineData(LossReasons.Expired)]
    [InlineData(LossReasons.Revoked)]
    public async Task Load_ReturnsTheLongestText(string reason)
    {
        var lease = Active();
        lease = lease with
        {
            Stage = LeaseStage.Ended,
            Grant = lease.Grant! with
            {
                Owner = new string('o', LockLimits.MaxOwnerBytes),
                ClientId = new string('c', LockLimits.MaxClientIdBytes),
                NotifyAt = new ReplyTo(new Uri("rabbitmq://localhost/" + new string('t', 10_000)), null),
            },
            End = new LeaseEnd(reason, new string('b', LockLimits.MaxOwnerBytes), Now),
        };

        await CommitAsync(InsertLease(lease));

        Assert.Equal(lease, (await LoadAsync(lease.Id)).State);
    }

    [Fact]
    public async Task Load_FindsThoseThatExist()
    {
        var (one, other) = (Active(), Active());
        await CommitAsync(InsertLease(one), InsertLease(other));

        var found = await Store.Leases.LoadAsync([one.Id, Guid.CreateVersion7(), other.Id], Cancel);

        Assert.Equal(new[] { one.Id, other.Id }.Order(), found.Select(stored => stored.State.Id).Order());
        Assert.Empty(await Store.Leases.LoadAsync([], Cancel));
    }

    [Fact]
    public async Task Commit_OfNothing_RefusesNothing() => Assert.Empty(await Store.Leases.CommitAsync([], Cancel));

    [Fact]
    public async Task Commit_OnTheCurrentVersion_Replaces()
    {
        var lease = Active();
        await CommitAsync(InsertLease(lease) with { DueTokenId = Guid.CreateVersion7() });

        await CommitAsync(UpdateLease(1, lease.Renewed(TimeSpan.FromMinutes(1))));
        Assert.Equal(new StoredLease(2, lease.Renewed(TimeSpan.FromMinutes(1)), null), await LoadAsync(lease.Id));

        await CommitAsync(UpdateLease(2, lease.Ending()));
        await CommitAsync(UpdateLease(3, lease.Ended()));
        Assert.Equal(new StoredLease(4, lease.Ended(), null), await LoadAsync(lease.Id));
    }

    [Fact]
    public async Task Commit_OnAnotherVersion_IsRefused_AndTheRestOfTheSetIsWritten()
    {
        var (stale, future, existing, current, fresh, absent) = (Active(), Active(), Active(), Active(), Active(), Active());
        await CommitAsync(InsertLease(stale), InsertLease(future), InsertLease(existing), InsertLease(current));
        await CommitAsync(UpdateLease(1, stale));

        var refused = await Store.Leases.CommitAsync(
            [
                UpdateLease(1, stale.Ending()), UpdateLease(2, future.Ending()), InsertLease(existing.Ended()),
                UpdateLease(1, current.Ending()), InsertLease(fresh), UpdateLease(1, absent), UpdateLease(3, absent.Ending() with { Id = Guid.Empty }),
            ],
            Cancel);

        Assert.Equal(new[] { stale.Id, future.Id, existing.Id, absent.Id, Guid.Empty }.Order(), refused.Order());
        Assert.Equal(new StoredLease(2, stale, null), await LoadAsync(stale.Id));
        Assert.Equal(new StoredLease(1, future, null), await LoadAsync(future.Id));
        Assert.Equal(new StoredLease(1, existing, null), await LoadAsync(existing.Id));
        Assert.Equal(new StoredLease(2, current.Ending(), null), await LoadAsync(current.Id));
        Assert.Equal(new StoredLease(1, fresh, null), await LoadAsync(fresh.Id));
        Assert.Empty(await Store.Leases.LoadAsync([absent.Id, Guid.Empty], Cancel));
    }

    [Fact]
    public async Task ALock_IsLoadedWithTheLeasesOfItsHolderAndItsWaiters()
    {
        var (holders, waiters) = (Active(), Active());
        await CommitAsync(InsertLease(holders), InsertLease(waiters));
        var state = Held().On(holders).WithWaiters(Waiter(1).On(waiters), Waiter(2), Waiter(3).On(holders));

        await CommitAsync(Insert(state).AsGrant());

        AssertSame(state, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task ALease_IsSeenByItsLocks_AsItIsNow()
    {
        var lease = Active();
        await CommitAsync(InsertLease(lease));
        var state = Held().On(lease).WithWaiters(Waiter(1).On(lease));
        await CommitAsync(Insert(state).AsGrant());

        var renewed = lease.Renewed(TimeSpan.FromMinutes(1));
        await CommitAsync(UpdateLease(1, renewed));
        AssertSame(With(state, renewed), (await LoadAsync(state)).State);

        var ended = renewed.Ending();
        await CommitAsync(UpdateLease(2, ended));
        AssertSame(With(state, ended), (await LoadAsync(state)).State);
        Assert.True((await LoadAsync(state)).State.Holder!.Lease!.HasEnded);

        static LockState With(LockState state, LeaseState lease) =>
            (state with { Waiters = WaitQueue.Empty }).On(lease).WithWaiters(state.Waiters.InOrder.Select(waiter => waiter.On(lease)));
    }

    [Fact]
    public async Task AGrantThatWasNotConfirmed_KeepsItsOwnEnd_WhateverBecomesOfItsLease()
    {
        var lease = Active();
        await CommitAsync(InsertLease(lease));
        var state = Held(expiresAt: Now.AddSeconds(5));
        state = (state with { Holder = state.Holder! with { Stage = LockStage.Offered } }).On(lease);
        await CommitAsync(Insert(state).AsGrant());

        await CommitAsync(UpdateLease(1, lease.Renewed(TimeSpan.FromMinutes(1))));

        Assert.Equal(Now.AddSeconds(5), (await LoadAsync(state)).State.Holder!.ExpiresAt);
    }

    [Fact]
    public async Task ALeaseThatIsNotStored_OrNeverWasGranted_IsSeenAsEnded()
    {
        var revoked = RevokedBeforeItWasGranted();
        await CommitAsync(InsertLease(revoked));
        var (missing, never) = (Held().On(Active()).WithWaiters(Waiter(1).On(Active())), Held().On(revoked));
        await CommitAsync(Insert(missing), Insert(never));

        var (first, second) = ((await LoadAsync(missing)).State, (await LoadAsync(never)).State);

        Assert.Equal(LeaseSnapshot.NotFound(missing.Holder!.Lease!.Id), first.Holder!.Lease);
        Assert.Equal(LeaseSnapshot.NotFound(missing.Waiters.Head!.Lease!.Id), first.Waiters.Head!.Lease);
        Assert.Equal(LeaseSnapshot.NotFound(revoked.Id), second.Holder!.Lease);
    }

    [Fact]
    public async Task AGrant_IsRefused_UnlessItsLeaseIsAlive_AndTheRestOfTheSetIsWritten()
    {
        var (alive, ending, ended, revoked, missing) = (Active(), Active(), Active(), RevokedBeforeItWasGranted(), Active());
        await CommitAsync(InsertLease(alive), InsertLease(ending.Ending()), InsertLease(ended.Ended()), InsertLease(revoked));
        var taken = Held();
        await CommitAsync(Insert(taken));
        LockState[] granted = [Held().On(alive), Held().On(alive).WithWaiters(Waiter(1))];
        LockState[] hopeless = [Held().On(ending).WithWaiters(Waiter(1)), Held().On(ended), Held().On(revoked), Held().On(missing)];
        var plain = Held().WithWaiters(Waiter(1));

        var refused = await Store.CommitAsync(
            [
                .. granted.Concat(hopeless).Select(state => Insert(state).AsGrant()),
                Insert(plain), Update(1, Held(taken.Key).On(ended)).AsGrant(),
            ],
            Cancel);

        Assert.Equal(hopeless.Append(taken).Select(Id).Order(), refused.Order());
        foreach (var state in granted.Append(plain).Append(taken))
            AssertSame(state, (await LoadAsync(state)).State);
        Assert.Empty(await Store.LoadAsync([.. hopeless.Select(Id)], Cancel));

        // Nor did the refused ones leave waiters behind.
        var again = Held(hopeless[0].Key);
        await CommitAsync(Insert(again));
        AssertSame(again, (await LoadAsync(again)).State);
    }

    [Fact]
    public async Task AGrantOnALivingLease_IsRefused_OnAStaleVersion()
    {
        var lease = Active();
        await CommitAsync(InsertLease(lease));
        var state = Held();
        await CommitAsync(Insert(state));

        Assert.Equal([Id(state)], await Store.CommitAsync([Update(2, Held(state.Key).On(lease)).AsGrant()], Cancel));

        AssertSame(state, (await LoadAsync(state)).State);
    }

    [Fact]
    public async Task ALockOnALeaseThatEnded_CanBeWritten()
    {
        var lease = Active();
        await CommitAsync(InsertLease(lease));
        var state = Held().On(lease);
        await CommitAsync(Insert(state).AsGrant());
        await CommitAsync(UpdateLease(1, lease.Ending()));

        var waiter = Waiter(1);
        await CommitAsync(Update(1, state.WithWaiters(waiter), [waiter]));
        await CommitAsync(Update(2, Free(state.Key, state.LastFence), dequeued: [1]));

        AssertSame(Free(state.Key, state.LastFence) with { LastTicket = 0 }, (await LoadAsync(state)).State);
        Assert.Empty(await FindLocksAsync(lease));
    }

    [Fact]
    public async Task FindLocks_FindsThoseThatAreWaitedForFirst_AndNoMoreThanAsked()
    {
        var (lease, other) = (Active(), Active());
        await CommitAsync(InsertLease(lease), InsertLease(other));
        var idle = Enumerable.Range(0, 4).Select(_ => Held().On(lease)).ToList();
        var waitedFor = Enumerable.Range(0, 3).Select(_ => Held().On(lease).WithWaiters(Waiter(1))).ToList();
        var elsewhere = Held().On(other).WithWaiters(Waiter(1).On(lease));
        await CommitAsync([.. idle.Concat(waitedFor).Append(elsewhere).Select(state => Insert(state).AsGrant()), Insert(Held())]);

        Assert.Equal(waitedFor.Select(Id).Order(), (await Store.Leases.FindLocksAsync(lease.Id, 3, Cancel)).Order());
        var found = await FindLocksAsync(lease);
        Assert.Equal(waitedFor.Select(Id).Order(), found.Take(3).Order());
        Assert.Equal(idle.Concat(waitedFor).Select(Id).Order(), found.Order());
        Assert.Equal(7, await Store.Leases.CountLocksAsync(lease.Id, Cancel));
        Assert.Equal(1, await Store.Leases.CountLocksAsync(other.Id, Cancel));
        Assert.Equal(0, await Store.Leases.CountLocksAsync(Guid.CreateVersion7(), Cancel));
    }

    [Fact]
    public async Task FindLocks_ForgetsWhatWasReleased_PassedOn_OrPurged()
    {
        var (lease, next) = (Active(), Active());
        await CommitAsync(InsertLease(lease), InsertLease(next));
        var (released, kept, passedOn, stays) = (Held().On(lease), Held().On(lease), Held().On(lease), Held().On(lease));
        await CommitAsync(
            Insert(released).AsGrant(), Insert(kept).AsGrant(), Insert(passedOn).AsGrant(), Insert(stays).AsGrant());

        await CommitAsync(
            Update(1, Free(released.Key)) with { WrittenAt = Now.AddDays(-1) },
            Update(1, kept with { Holder = kept.Holder!.CooledDown(Now, TimeSpan.FromSeconds(1)) }),
            Update(1, Held(passedOn.Key, fence: 2).On(next)).AsGrant(),
            Update(1, stays));
        Assert.Equal(1, await Store.PurgeIdleAsync(Now, 10, Cancel));

        Assert.Equal([Id(stays)], await FindLocksAsync(lease));
        Assert.Equal([Id(passedOn)], await FindLocksAsync(next));
    }

    [Fact]
    public async Task AWaiterOnALivingLease_IsQueued_AndOneOnALeaseThatEndedIsRefused()
    {
        var (alive, other, ended, missing) = (Active(), Active(), Active(), Active());
        await CommitAsync(InsertLease(alive), InsertLease(other), InsertLease(ended.Ended()));
        var queued = Held().WithWaiters(Waiter(1).On(alive), Waiter(2), Waiter(3).On(other), Waiter(4).On(alive));
        LockState[] hopeless =
        [
            Held().WithWaiters(Waiter(1).On(ended)), Held().WithWaiters(Waiter(1).On(missing)),
            Held().WithWaiters(Waiter(1).On(alive), Waiter(2).On(ended)), Held().On(alive).WithWaiters(Waiter(1).On(ended)),
        ];

        var refused = await Store.CommitAsync([.. hopeless.Append(queued).Select(state => Insert(state).AsQueued())], Cancel);

        Assert.Equal(hopeless.Select(Id).Order(), refused.Order());
        AssertSame(queued, (await LoadAsync(queued)).State);
        Assert.Empty(await Store.LoadAsync([.. hopeless.Select(Id)], Cancel));
        Assert.Equal([Id(queued)], await Store.Leases.FindWaitedForAsync(alive.Id, All, Cancel));
        Assert.Empty(await Store.Leases.FindWaitedForAsync(ended.Id, All, Cancel));
    }

    [Fact]
    public async Task FindWaitedFor_FindsEachLockOnce_AndNoMoreThanAsked()
    {
        var (lease, other) = (Active(), Active());
        await CommitAsync(InsertLease(lease), InsertLease(other));
        var elsewhere = Held().On(other).WithWaiters(Waiter(1), Waiter(2).On(lease), Waiter(3).On(other), Waiter(4).On(lease));
        var same = Held().On(lease).WithWaiters(Waiter(1).On(lease));
        var plain = Held().WithWaiters(Waiter(1).On(lease), Waiter(2));
        LockState[] none = [Held().On(lease).WithWaiters(Waiter(1).On(other)), Held().On(lease), Held().WithWaiters(Waiter(1))];
        LockState[] waitedFor = [elsewhere, same, plain];
        await CommitAsync([.. waitedFor.Concat(none).Select(state => Insert(state))]);

        Assert.Equal(waitedFor.Select(Id).Order(), (await Store.Leases.FindWaitedForAsync(lease.Id, All, Cancel)).Order());
        var two = await Store.Leases.FindWaitedForAsync(lease.Id, 2, Cancel);
        Assert.Equal(2, two.Distinct().Count());
        Assert.Subset(waitedFor.Select(Id).ToHashSet(), two.ToHashSet());
        Assert.Empty(await Store.Leases.FindWaitedForAsync(Guid.CreateVersion7(), All, Cancel));
    }

    [Fact]
    public async Task FindWaitedFor_ForgetsWaitersThatHaveLeft()
    {
        var lease = Active();
        await CommitAsync(InsertLease(lease));
        var (granted, left, stays) = (Waiter(1).On(lease), Waiter(1).On(lease), Waiter(2).On(lease));
        var passedOn = Held().WithWaiters(granted);
        var shorter = Held().WithWaiters(left, stays);
        await CommitAsync(Insert(passedOn).AsQueued(), Insert(shorter).AsQueued());

        await CommitAsync(
            Update(1, Held(passedOn.Key, fence: 2).On(lease), dequeued: [1]).AsGrant(),
            Update(1, shorter with { Waiters = WaitQueue.Of([stays]) }, dequeued: [1]));

        Assert.Equal([Id(shorter)], await Store.Leases.FindWaitedForAsync(lease.Id, All, Cancel));
        await CommitAsync(Update(2, shorter with { Waiters = WaitQueue.Empty }, dequeued: [2]));
        Assert.Empty(await Store.Leases.FindWaitedForAsync(lease.Id, All, Cancel));
    }

    /// <summary>A writer that ends a lease and then looks for its waiters finds each of them that was ever queued.</summary>
    [Fact]
    public async Task WaitersBesideTheEndOfTheirLease_AreFoundAfterIt_OrRefused()
    {
        for (var round = 0; round < 10; round++)
        {
            var lease = Active();
            await CommitAsync(InsertLease(lease));
            var queued = new ConcurrentBag<Guid>();
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

            var queuers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                for (var refused = false; !refused;)
                {
                    var state = Held().WithWaiters(Waiter(1).On(lease));
                    refused = (await Store.CommitAsync([Insert(state).AsQueued()], Cancel)).Count > 0;
                    if (!refused)
                        queued.Add(Id(state));
                    if (refused || queued.Count > 10)
                        enough.TrySetResult();
                }
            }, Cancel)).ToList();
            var ending = Task.Run(async () =>
            {
                await enough.Task.WaitAsync(Cancel);
                await CommitAsync(UpdateLease(1, lease.Ending()));
                return await Store.Leases.FindWaitedForAsync(lease.Id, All, Cancel);
            }, Cancel);

            await Task.WhenAll([ending, .. queuers]);

            Assert.Equal(queued.Order(), (await ending).Order());
        }
    }

    [Fact]
    public async Task FindOverdue_FindsTheLongestOverdueFirst_AndNoMoreThanAsked()
    {
        var late = Enumerable.Range(1, 4).Select(n => Active(Now.AddMicroseconds(-n))).ToList();
        var ending = Active().Ending(Now.AddMicroseconds(-5));
        await CommitAsync(
            [
                .. late.Append(ending).Select(lease => InsertLease(lease)),
                InsertLease(Active(Now)), InsertLease(Active()), InsertLease(Active(Now.AddDays(-1)).Ended()), InsertLease(RevokedBeforeItWasGranted()),
            ]);

        Assert.Equal(
            [new OverdueLease(ending.Id, Now.AddMicroseconds(-5)), new OverdueLease(late[3].Id, Now.AddMicroseconds(-4))],
            await Store.Leases.FindOverdueAsync(Now, 2, Cancel));
        Assert.Equal(5, (await Store.Leases.FindOverdueAsync(Now, 10, Cancel)).Count);
    }

    [Fact]
    public async Task FindOverdue_ForgetsWhatWasRenewed()
    {
        var lease = Active(Now.AddSeconds(-1));
        await CommitAsync(InsertLease(lease));

        await CommitAsync(UpdateLease(1, lease.Renewed(TimeSpan.FromMinutes(1))));

        Assert.Empty(await Store.Leases.FindOverdueAsync(Now, 10, Cancel));
    }

    [Fact]
    public async Task Purge_DeletesWhatHasEndedAndIsOld_AndNoMoreThanAsked()
    {
        var old = Enumerable.Range(0, 3).Select(_ => Active().Ended()).Append(RevokedBeforeItWasGranted()).ToList();
        var (recent, ending, active) = (Active().Ended(), Active().Ending(), Active());
        await CommitAsync(
            [
                .. old.Select(lease => InsertLease(lease, Now.AddMicroseconds(-1))),
                InsertLease(recent, Now), InsertLease(ending, Now.AddDays(-9)), InsertLease(active, Now.AddDays(-9)),
            ]);

        Assert.Equal(3, await Store.Leases.PurgeEndedAsync(Now, 3, Cancel));
        Assert.Equal(1, await Store.Leases.PurgeEndedAsync(Now, 3, Cancel));
        Assert.Equal(0, await Store.Leases.PurgeEndedAsync(Now, 3, Cancel));

        Assert.Empty(await Store.Leases.LoadAsync([.. old.Select(lease => lease.Id)], Cancel));
        Assert.Equal(3, (await Store.Leases.LoadAsync([recent.Id, ending.Id, active.Id], Cancel)).Count);
        Assert.Equal([old[0].Id], await Store.Leases.CommitAsync([UpdateLease(1, old[0])], Cancel));
    }

    /// <summary>A writer that ends a lease and then looks for its locks finds each of them that was ever granted.</summary>
    [Fact]
    public async Task GrantsBesideTheEndOfTheirLease_AreFoundAfterIt_OrRefused()
    {
        for (var round = 0; round < 15; round++)
        {
            var lease = Active();
            await CommitAsync(InsertLease(lease));
            var granted = new ConcurrentBag<Guid>();
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

            var granters = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                for (var refused = false; !refused;)
                {
                    LockState[] locks = [Held().On(lease), Held().On(lease).WithWaiters(Waiter(1))];
                    var outcome = await Store.CommitAsync([.. locks.Select(state => Insert(state).AsGrant())], Cancel);
                    refused = outcome.Count > 0;
                    Assert.True(outcome.Count is 0 or 2, "One lock was granted on a lease that had ended for another in the same set.");
                    if (refused || granted.Count > 20)
                        enough.TrySetResult();
                    if (!refused)
                        Array.ForEach(locks, state => granted.Add(Id(state)));
                }
            }, Cancel)).ToList();
            var ending = Task.Run(async () =>
            {
                await enough.Task.WaitAsync(Cancel);
                for (var version = 1; version <= 5; version++)
                    await CommitAsync(UpdateLease(version, lease.Renewed(TimeSpan.FromSeconds(version))));
                await CommitAsync(UpdateLease(6, lease.Ending()));
                return await FindLocksAsync(lease);
            }, Cancel);

            await Task.WhenAll([ending, .. granters]);

            Assert.Equal(granted.Order(), (await ending).Order());
        }
    }

    [Fact]
    public async Task ParallelGrantsRenewalsAndEnds_OfSetsThatOverlap_NeverWaitForEachOther()
    {
        const int Rounds = 30;
        var keys = Enumerable.Range(0, 30).Select(_ => NewKey()).ToArray();
        var leases = Enumerable.Range(0, 8).Select(_ => Active()).ToArray();
        await CommitAsync([.. leases.Select(lease => InsertLease(lease))]);

        var granters = Enumerable.Range(0, 4).Select(granter => Task.Run(async () =>
        {
            var random = new Random(granter);
            for (var round = 0; round < Rounds; round++)
            {
                var chosen = keys.ToArray();
                random.Shuffle(chosen);
                var stored = (await Store.LoadAsync([.. chosen[..15].Select(LockKey.ToId)], Cancel)).ToDictionary(s => s.State.Key);
                await Store.CommitAsync(
                    [
                        .. chosen[..15].Select(key =>
                        {
                            var version = stored.GetValueOrDefault(key)?.Version ?? 0;
                            var state = Held(key).On(leases[random.Next(leases.Length)]);
                            return (version == 0 ? Insert(state) : Update(version, state)).AsGrant();
                        }),
                    ],
                    Cancel);
            }
        }, Cancel));
        var renewers = Enumerable.Range(0, 3).Select(renewer => Task.Run(async () =>
        {
            var random = new Random(renewer);
            for (var round = 0; round < Rounds; round++)
            {
                var chosen = leases.ToArray();
                random.Shuffle(chosen);
                var stored = (await Store.Leases.LoadAsync([.. chosen[..6].Select(lease => lease.Id)], Cancel)).ToDictionary(s => s.State.Id);
                await Store.Leases.CommitAsync(
                    [
                        .. chosen[..6].Where(lease => stored[lease.Id].State.Stage == LeaseStage.Active).Select(lease => UpdateLease(
                            stored[lease.Id].Version,
                            renewer == 0 && round % 10 == 9 ? stored[lease.Id].State.Ending() : stored[lease.Id].State.Renewed(TimeSpan.FromSeconds(1)))),
                    ],
                    Cancel);
                await Store.Leases.PurgeEndedAsync(Now.AddDays(1), 10, Cancel);
            }
        }, Cancel));

        await Task.WhenAll([.. granters, .. renewers]);

        foreach (var stored in await Store.LoadAsync([.. keys.Select(LockKey.ToId)], Cancel))
            Assert.Contains(stored.Id, await Store.Leases.FindLocksAsync(stored.State.Holder!.Lease!.Id, All, Cancel));
    }

    [Fact]
    public async Task ParallelWritersOfOneLease_LoseNoUpdate()
    {
        const int Writers = 8, Renewals = 25;
        var lease = Active();
        await CommitAsync(InsertLease(lease));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < Renewals;)
            {
                var stored = await LoadAsync(lease.Id);
                var next = UpdateLease(stored.Version, stored.State.Renewed(TimeSpan.FromSeconds(1)));
                if ((await Store.Leases.CommitAsync([next], Cancel)).Count == 0)
                    done++;
            }
        }, Cancel)));

        Assert.Equal(
            new StoredLease(1 + (Writers * Renewals), lease.Renewed(TimeSpan.FromSeconds(Writers * Renewals)), null), await LoadAsync(lease.Id));
    }

    /// <summary>Something is due on a lock with waiters, and when it is changes: its place in an index may.</summary>
    [Fact]
    public async Task FindLocks_BesideWrites_FindsEveryLockOnce()
    {
        const int locks = 50, rounds = 20;
        var lease = Active();
        await CommitAsync(InsertLease(lease));
        var waiter = Waiter(1);
        var states = Enumerable.Range(0, locks).Select(_ => Held(NewKey()).On(lease).WithWaiters(waiter)).ToList();
        await Store.CommitAsync([.. states.Select(state => Insert(state))], Cancel);

        using var done = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var version = 1L; !done.IsCancellationRequested; version++)
            {
                var deadline = Now.AddSeconds(version % 2 == 0 ? version : -version);
                foreach (var state in states)
                {
                    var moved = state with { Waiters = WaitQueue.Of([waiter with { Deadline = deadline }]) };
                    Assert.Empty(await Store.CommitAsync([Update(version, moved)], Cancel));
                }
            }
        }, Cancel);
        for (var round = 0; round < rounds; round++)
            Assert.Equal(states.Select(Id).Order(), (await FindLocksAsync(lease)).Order());

        await done.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task EveryOperation_HonoursCancellation()
    {
        var cancelled = new CancellationToken(canceled: true);
        var lease = Active();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Leases.LoadAsync([lease.Id], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Leases.CommitAsync([InsertLease(lease)], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Leases.FindLocksAsync(lease.Id, 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Leases.FindWaitedForAsync(lease.Id, 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Leases.CountLocksAsync(lease.Id, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Leases.FindOverdueAsync(Now, 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Leases.PurgeEndedAsync(Now, 1, cancelled));

        Assert.Empty(await Store.Leases.LoadAsync([lease.Id], Cancel));
    }

    private async Task CommitAsync(params LeaseWrite[] writes) => Assert.Empty(await Store.Leases.CommitAsync(writes, Cancel));

    private async Task<StoredLease> LoadAsync(Guid leaseId) => Assert.Single(await Store.Leases.LoadAsync([leaseId], Cancel));

    private Task<IReadOnlyList<Guid>> FindLocksAsync(LeaseState lease) => Store.Leases.FindLocksAsync(lease.Id, All, Cancel);
}
