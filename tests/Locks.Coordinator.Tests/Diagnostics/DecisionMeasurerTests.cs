using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Diagnostics;

/// <summary>Decisions are measured once each, when they are committed, and what only repeats an answer is not.</summary>
public sealed class DecisionMeasurerTests
{
    private static readonly string[] OfDecisions =
    [
        "locks.grants", "locks.denials", "locks.releases", "locks.expiries", "locks.revocations", "locks.wait", "locks.hold", "locks.queue",
    ];

    private readonly ScriptedStore _store = new();

    [Fact]
    public async Task AHandOff_IsMeasuredFromEndToEnd()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        using var metrics = Capture(coordinator);
        var held = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Wait(), Asker.B);
        await coordinator.DeliverAsync(Asker.C.Try(), Asker.C);
        coordinator.Time.Advance(TimeSpan.FromSeconds(5));

        await coordinator.DeliverAsync(new ReleaseLock(held.Key, held.OwnerToken), Asker.A);
        await coordinator.ReplyAsync<LockAcquired>(Asker.B);

        Assert.Equal(
            [
                "locks.grants 1 locks.outcome=immediate",
                "locks.queue.length 1",
                "locks.denials 1 locks.outcome=busy",
                "locks.hold.duration 5 locks.outcome=released",
                "locks.wait.duration 5 locks.outcome=granted",
                "locks.grants 1 locks.outcome=queued",
                "locks.releases 1",
            ],
            metrics.Lines(OfDecisions));
    }

    [Fact]
    public async Task TheGrantsAndReleasesOfACommit_AreCountedTogether_ByGroup()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync(options => options.KeyGroup = key => key.Split('/')[0]);
        using var metrics = Capture(coordinator);
        string[] keys = ["orders/1", "orders/2", "orders/3", "jobs/1", "jobs/2"];
        var acquires = keys.Select(key => new LockCommand { Acquire = new Asker(key).Try(key: key) });

        await coordinator.DeliverAsync(new LockCommands(Guid.CreateVersion7(), $"{Asker.A.Address}", [.. acquires]));
        await Eventually.HoldsAsync(() => metrics.Lines("locks.grants").Count == 2);
        var releases = await Task.WhenAll(keys.Select(async key =>
            new LockCommand { Release = new ReleaseLock(key, (await coordinator.StoredAsync(key))!.State.Holder!.Token.Value) }));
        await coordinator.DeliverAsync(new LockCommands(Guid.CreateVersion7(), $"{Asker.A.Address}", [.. releases]));
        await Eventually.HoldsAsync(() => metrics.Lines("locks.releases").Count == 2);

        Assert.Equal(
            [
                "locks.grants 3 locks.outcome=immediate locks.key_group=orders", "locks.grants 2 locks.outcome=immediate locks.key_group=jobs",
                "locks.releases 3 locks.key_group=orders", "locks.releases 2 locks.key_group=jobs",
            ],
            metrics.Lines("locks.grants", "locks.releases"));
    }

    [Fact]
    public async Task ARepeatedAnswer_IsNotMeasured()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        using var metrics = Capture(coordinator);
        var held = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.A.Try(), Asker.A);
        await coordinator.DeliverAsync(Asker.B.Try(), Asker.B);
        await coordinator.DeliverAsync(Asker.B.Try(), Asker.B);
        await coordinator.DeliverAsync(new ReleaseLock(held.Key, held.OwnerToken, AcquireId: held.AcquireId), Asker.A);
        await coordinator.DeliverAsync(new ReleaseLock(held.Key, held.OwnerToken, AcquireId: held.AcquireId), Asker.A);
        await coordinator.DeliverAsync(Asker.A.Try(), Asker.A);

        Assert.Equal(
            ["locks.grants 1 locks.outcome=immediate", "locks.denials 1 locks.outcome=busy", "locks.releases 1"],
            metrics.Lines("locks.grants", "locks.denials", "locks.releases"));
    }

    [Fact]
    public async Task ALeaseThatEnds_AndAnOfferThatIsNotConfirmed_AreExpiries()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        using var metrics = Capture(coordinator);
        await coordinator.AcquireAsync(Asker.A, lease: 30);
        await coordinator.DeliverAsync(Asker.B.Wait(seconds: 60), Asker.B);
        coordinator.Time.Advance(TimeSpan.FromSeconds(30));
        await coordinator.ReplyAsync<LockAcquired>(Asker.B);
        coordinator.Time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.HoldsAsync(async () => await coordinator.StateAsync() == "Free");

        Assert.Equal(
            ["locks.expiries 1 locks.outcome=lease_ended", "locks.expiries 1 locks.outcome=unconfirmed"], metrics.Lines("locks.expiries"));
        Assert.Equal(
            ["locks.hold.duration 30 locks.outcome=lease_ended", "locks.hold.duration 10 locks.outcome=unconfirmed"],
            metrics.Lines("locks.hold"));
    }

    [Fact]
    public async Task WaitsThatEndInVain_AreMeasuredByWhy()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        using var metrics = Capture(coordinator);
        var held = await coordinator.AcquireAsync(Asker.A, lease: 300);
        await coordinator.DeliverAsync(Asker.B.Wait(seconds: 60), Asker.B);
        await coordinator.DeliverAsync(Asker.C.Wait(seconds: 20), Asker.C);
        coordinator.Time.Advance(TimeSpan.FromSeconds(20));
        await coordinator.ReplyAsync<LockDenied>(Asker.C);
        await coordinator.DeliverAsync(Asker.B.Cancel());
        await coordinator.DeliverAsync(new RevokeLock(held.Key, Guid.CreateVersion7(), "alice"), Asker.A);

        Assert.Equal(
            ["locks.wait.duration 20 locks.outcome=wait_timed_out", "locks.wait.duration 20 locks.outcome=cancelled"],
            metrics.Lines("locks.wait"));
        Assert.Equal(["locks.revocations 1 locks.outcome=held"], metrics.Lines("locks.revocations"));
        Assert.Equal(["locks.denials 1 locks.outcome=wait_timed_out"], metrics.Lines("locks.denials"));
    }

    [Fact]
    public async Task ADecisionThatIsNotCommitted_IsNotMeasured()
    {
        _store.OnCommit = (commit, writes) => commit == 1 ? ScriptedStore.Refuse(writes) : ScriptedStore.GoOn();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);
        using var metrics = Capture(coordinator);

        await coordinator.AcquireAsync(Asker.A);

        Assert.Equal(2, _store.Commits.Count);
        Assert.Equal(["locks.grants 1 locks.outcome=immediate"], metrics.Lines("locks.grants"));
        Assert.Equal(["locks.commit.size 0", "locks.commit.size 1"], metrics.Lines("locks.commit.size"));
    }

    [Fact]
    public async Task ACommitThatFails_IsTimed_WithTheTypeOfItsFailure()
    {
        _store.OnCommit = (commit, _) =>
            commit == 1 ? throw new LockStoreUnavailableException("The store is away.", new TimeoutException()) : ScriptedStore.GoOn();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);
        using var metrics = Capture(coordinator);

        var acquiring = coordinator.AcquireAsync(Asker.A);
        await Eventually.HoldsAsync(() =>
        {
            coordinator.Time.Advance(TimeSpan.FromMilliseconds(100));
            return acquiring.IsCompleted;
        });

        // Without their values: the clock may be advanced while a commit is under way.
        var commits = metrics.Lines("locks.commit.duration").Select(line => string.Join(' ', line.Split(' ').Skip(2)));
        Assert.Equal([$"error.type={typeof(LockStoreUnavailableException).FullName}", ""], commits);
    }

    [Fact]
    public async Task KeysAreGrouped_AsTheApplicationSays()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync(options =>
        {
            options.KeyGroup = key => key == "bad" ? throw new FormatException() : key.Split('/')[0];
            options.MaxKeyGroups = 1;
        });
        using var metrics = Capture(coordinator);

        await coordinator.AcquireAsync(Asker.A, key: "orders/42");
        await coordinator.AcquireAsync(Asker.B, key: "jobs/nightly");
        await coordinator.AcquireAsync(Asker.C, key: "bad");

        Assert.Equal(
            [
                "locks.grants 1 locks.outcome=immediate locks.key_group=orders",
                "locks.grants 1 locks.outcome=immediate locks.key_group=other",
                "locks.grants 1 locks.outcome=immediate",
            ],
            metrics.Lines("locks.grants"));
        Assert.Single(coordinator.Logs.Lines, line => line.Contains("LockCoordinatorOptions.KeyGroup threw", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsHeldAndWaitsNow_ComesFromTheStore()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        using var metrics = Capture(coordinator);
        await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Wait(), Asker.B);

        await Eventually.HoldsAsync(() =>
        {
            // The store's answer may come between the two gauges of a look.
            metrics.Observe();
            return metrics.Lines("locks.waiting").Count > 0 && metrics.Lines("locks.held").Count > 0;
        });

        Assert.Equal("locks.waiting 1", metrics.Lines("locks.waiting")[0]);
        Assert.Contains("locks.held 1 locks.state=held", metrics.Lines("locks.held"));
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedWithTheRange()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new LockCoordinatorOptions { MaxKeyGroups = 0 }.Validate());

        Assert.Contains("MaxKeyGroups is '0'; it must be 1 to 10,000", refusal.Message, StringComparison.Ordinal);
    }

    private static CapturedMetrics Capture(CoordinatorUnderTest coordinator) => new(coordinator.Get<CoordinatorMeter>().Meter);
}
