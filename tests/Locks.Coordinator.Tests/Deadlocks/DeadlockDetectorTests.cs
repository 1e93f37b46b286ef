using Locks.Contracts;
using Locks.Coordinator.Deadlocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Coordinator.Tests.Deadlocks;

/// <summary>A coordinator finds deadlocks by itself, tells each of them once, and ends them only where that is asked for.</summary>
public sealed class DeadlockDetectorTests
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task ADeadlock_IsToldOnce_WithItsWholeCircle_AndCounted()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        using var metrics = new CapturedMetrics(coordinator.Get<CoordinatorMeter>().Meter);
        await MakeDeadlockAsync(coordinator, "a", "b");
        await LookUntilAsync(coordinator, () => Told(coordinator).Count == 1);

        // When the next one is told, the first has been seen again.
        await MakeDeadlockAsync(coordinator, "c", "d");
        await LookUntilAsync(coordinator, () => Told(coordinator).Count > 1);

        Assert.Contains("Deadlock: 'b' waits for 'a1', held by 'a', which waits for 'b1', held by 'b'. None", Told(coordinator)[0], StringComparison.Ordinal);
        Assert.Contains("an operator may cancel a waiter or revoke a lock", Told(coordinator)[0], StringComparison.Ordinal);
        Assert.Contains("Deadlock: 'd' waits for 'c1'", Told(coordinator)[1], StringComparison.Ordinal);
        Assert.Equal(2, Told(coordinator).Count);
        Assert.Equal(["locks.deadlocks 1", "locks.deadlocks 1"], metrics.Lines("locks.deadlocks"));
        Assert.DoesNotContain(coordinator.AllSent, sent => sent.Message is LockDenied or CancelWaiter);
    }

    [Fact]
    public async Task WhereItIsAskedFor_TheAttemptThatCameLast_IsDenied_AndTheOtherGoesOn()
    {
        var store = new ScriptedStore();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(options => options.Deadlocks.Break = true, store);
        await MakeDeadlockAsync(coordinator, "a", "b");
        var looksBefore = 0;
        store.OnRead = () => looksBefore += coordinator.AllSent.Any(sent => sent.Message is CancelWaiter) ? 0 : 1;

        await LookUntilAsync(coordinator, () => coordinator.RepliesTo(new Asker("b-wants-a1")).Count > 0);

        var denied = await coordinator.ReplyAsync<LockDenied>(new Asker("b-wants-a1"));
        Assert.Equal(("a1", DenyReasons.Deadlock), (denied.Key, denied.Reason));
        Assert.Equal(
            "by 'deadlock detection': deadlock: 'b' waits for 'a1', held by 'a', which waits for 'b1', held by 'b'", denied.Detail);
        Assert.Single(Told(coordinator));
        Assert.True(looksBefore >= 2, $"It was denied after {looksBefore} look(s).");
        Assert.Empty(coordinator.RepliesTo(new Asker("a-wants-b1")));
        Assert.Contains(coordinator.Logs.Lines, line => line.Contains("if it lasts, the attempt that came last is denied", StringComparison.Ordinal));
        Assert.Contains(coordinator.Logs.Lines, line => line.Contains("was taken out of the queue of lock a1 by deadlock detection", StringComparison.Ordinal));
        var repeated = await coordinator.DeliverAsync(Wants("b", "a1"), new Asker("b-wants-a1"));
        Assert.Equal((DenyReasons.Deadlock, null), (repeated.Reply<LockDenied>().Reason, repeated.Reply<LockDenied>().Detail));
    }

    [Fact]
    public async Task WaitsThatAreYoung_AreNotLookedAt()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync(options => options.Deadlocks.MinAge = TimeSpan.FromSeconds(10));
        await MakeDeadlockAsync(coordinator, "a", "b");
        coordinator.Time.Advance(TimeSpan.FromSeconds(9));
        var young = await coordinator.Get<WaitGraphReader>().ReadAsync(TestContext.Current.CancellationToken);

        await LookUntilAsync(coordinator, () => Told(coordinator).Count == 1);
        Assert.Equal((0, 0), (young.Waits, young.Cycles.Count));
    }

    [Fact]
    public async Task AStoreThatIsAway_DoesNotEndTheSearch()
    {
        var store = new ScriptedStore();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: store);
        await MakeDeadlockAsync(coordinator, "a", "b");
        store.OnRead = () => throw new InvalidOperationException("The store is away.");
        await LookUntilAsync(coordinator, () => coordinator.Logs.Lines.Any(
            line => line.Contains("The search for deadlocks failed; trying again in 00:00:02.", StringComparison.Ordinal)));

        store.OnRead = null;
        await LookUntilAsync(coordinator, () => Told(coordinator).Count == 1);
    }

    [Fact]
    public async Task WhereItIsSwitchedOff_NothingIsLookedFor()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync(options => options.Deadlocks.Enabled = false);

        var detector = coordinator.Get<IEnumerable<IHostedService>>().OfType<DeadlockDetector>().Single();

        await detector.ExecuteTask!.Within();
    }

    /// <summary>Lets time pass, for the detector to look again and again.</summary>
    private static Task LookUntilAsync(CoordinatorUnderTest coordinator, Func<bool> condition) => Eventually.HoldsAsync(() =>
    {
        if (condition())
            return true;
        coordinator.Time.Advance(Look);
        return false;
    });

    /// <summary>Each of two owners holds a lock and waits for the other's. The second closes the circle.</summary>
    private static async Task MakeDeadlockAsync(CoordinatorUnderTest coordinator, string first, string second)
    {
        foreach (var owner in new[] { first, second })
            await coordinator.DeliverAsync(Holds(owner, $"{owner}1"), new Asker($"{owner}-holds-{owner}1"));
        await coordinator.DeliverAsync(Wants(first, $"{second}1"), new Asker($"{first}-wants-{second}1"));
        coordinator.Time.Advance(TimeSpan.FromMilliseconds(1));
        await coordinator.DeliverAsync(Wants(second, $"{first}1"), new Asker($"{second}-wants-{first}1"));
    }

    private static AcquireLock Holds(string owner, string key) =>
        new(key, LockKey.ToId($"{owner} holds {key}"), owner, TimeSpan.FromHours(1));

    private static AcquireLock Wants(string owner, string key) =>
        new(key, LockKey.ToId($"{owner} wants {key}"), owner, TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    private static IReadOnlyList<string> Told(CoordinatorUnderTest coordinator) =>
        [.. coordinator.Logs.Lines.Where(line => line.Contains("Deadlock: ", StringComparison.Ordinal))];
}
