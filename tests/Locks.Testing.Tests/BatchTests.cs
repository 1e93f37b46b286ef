using Locks.Client;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Testing.Tests;

/// <summary>Commands travel in batches; what a test wants to go wrong, goes wrong for each command by itself.</summary>
public sealed class BatchTests
{
    private const string Key = AppUnderTest.Key;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task WhatIsHeldUp_HoldsUpNothingElse()
    {
        await using var app = await AppUnderTest.StartAsync();
        var collector = await ReplyCollector.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay, "slow");

        var batch = await collector.SendAsync(Acquire("slow"), Acquire("quick"));
        await app.Locks.AdvanceAsync(Delay / 2);
        Assert.Equal(["quick"], Granted(collector));
        Assert.Equal([batch], collector.Completed);
        await app.Locks.AdvanceAsync(Delay / 2);

        Assert.Equal(["quick", "slow"], Granted(collector));
        Assert.Equal(app.Time.Start + Delay, app.Locks.Look("slow").OfKind(LockEventKind.Acquired).Single().At);
    }

    [Fact]
    public async Task ABatchOfWhichNothingIsLeft_IsCompletedAtOnce()
    {
        await using var app = await AppUnderTest.StartAsync();
        var collector = await ReplyCollector.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay);

        var batch = await collector.SendAsync(Acquire("a"), Acquire("b"));
        await app.Locks.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal([batch], collector.Completed);
        Assert.Empty(collector.Replies);
        await app.Locks.AdvanceAsync(Delay);

        Assert.Equal(["a", "b"], Granted(collector).Order());
    }

    [Fact]
    public async Task WhatIsHeldUp_IsHeldUpOnce_AndStaysInOrder()
    {
        await using var app = await AppUnderTest.StartAsync();
        var collector = await ReplyCollector.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay);

        await collector.SendAsync(Acquire(Key, "first"), Acquire(Key, "second", Lease), Acquire("other"), Acquire(Key, "third", Lease));
        await app.Locks.AdvanceAsync(Delay);

        Assert.Equal("first", app.Locks.Look(Key).Holder!.Owner);
        Assert.Equal(["second", "third"], app.Locks.Look(Key).Waiters);
    }

    [Fact]
    public async Task EachDelay_IsItsOwn()
    {
        await using var app = await AppUnderTest.StartAsync();
        var collector = await ReplyCollector.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay, "slow");
        using var slower = app.Locks.Slow(Delay * 2, "slower");

        await collector.SendAsync(Acquire("slower"), Acquire("slow"), Acquire("quick"));
        await app.Locks.AdvanceAsync(Delay);
        Assert.Equal(["quick", "slow"], Granted(collector));
        await app.Locks.AdvanceAsync(Delay);

        Assert.Equal(["quick", "slow", "slower"], Granted(collector));
    }

    [Fact]
    public async Task WhatIsRefused_IsAnsweredByName_AndWhatExpectsNoAnswerGetsLost()
    {
        await using var app = await AppUnderTest.StartAsync();
        var collector = await ReplyCollector.OpenAsync(app);
        var (acquire, renewal) = (Acquire(Key), Guid.CreateVersion7());
        using var unreachable = app.Locks.Unreachable();

        var batch = await collector.SendAsync(
            acquire,
            new LockCommand { RequestId = renewal, Renew = new RenewLock(Key, "token", Lease) },
            new LockCommand { Release = new ReleaseLock(Key, "token") },
            new LockCommand { Cancel = new CancelAcquire(Key, Guid.CreateVersion7()) });
        await app.Locks.AdvanceAsync(TimeSpan.Zero);

        Assert.Equal(
            [(acquire.Acquire!.AcquireId, nameof(AcquireLock)), (renewal, nameof(RenewLock))],
            collector.Replies.Select(reply => (reply.RequestId!.Value, reply.Failed!.Command)));
        Assert.All(collector.Replies, reply => Assert.Equal("The test has made the lock coordinator unreachable.", reply.Failed!.Reason));
        Assert.Equal([batch], collector.Completed);
        Assert.Empty(app.Locks.Look(Key).History);
    }

    [Fact]
    public async Task WhatIsHeldUp_CanBeRefusedWhenItArrives()
    {
        await using var app = await AppUnderTest.StartAsync();
        var collector = await ReplyCollector.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay, Key);
        await collector.SendAsync(Acquire(Key), Acquire("other"));
        await app.Locks.AdvanceAsync(TimeSpan.Zero);

        using var unreachable = app.Locks.Unreachable();
        await app.Locks.AdvanceAsync(Delay);

        Assert.Equal(["other"], Granted(collector));
        Assert.Equal(nameof(AcquireLock), collector.Replies.Last().Failed!.Command);
    }

    [Fact]
    public async Task ARenewalThatIsRefused_LeavesTheOthersOfItsBatch()
    {
        await using var app = await AppUnderTest.StartAsync();
        string[] keys = [.. Enumerable.Range(0, 20).Select(number => $"lock-{number}")];
        var handles = await Task.WhenAll(keys.Select(key => app.Client.TryAcquireAsync(key, new LockOptions { Lease = Lease, AutoRenew = true })));

        await app.Locks.ExpireAsync("lock-7");

        Assert.Equal(["lock-7"], keys.Where((_, number) => !handles[number]!.IsHeld));
        Assert.All(keys.Except(["lock-7"]), key => Assert.Equal(3, app.Locks.Look(key).OfKind(LockEventKind.Renewed).Count()));
    }

    [Fact]
    public async Task AClient_AsksForOthers_WhileItsBatchIsHeldUp()
    {
        await using var app = await AppUnderTest.StartAsync();
        using var slow = app.Locks.Slow(Delay, "slow");
        var late = app.Client.TryAcquireAsync("slow", Lease);

        var others = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => app.Client.TryAcquireAsync($"lock-{number}", Lease))).Within();
        Assert.All(others, Assert.NotNull);
        Assert.False(late.IsCompleted);
        await app.Locks.AdvanceAsync(Delay);

        Assert.NotNull(await late.Within());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AtRest_NothingWaitsInTheClientToBeSent(bool isPoolBusy)
    {
        await using var app = await AppUnderTest.StartAsync();
        using var others = new CancellationTokenSource();
        var load = isPoolBusy ? KeepBusyAsync(others.Token) : Task.CompletedTask;
        var (waiting, round) = (new List<Task<ILockHandle?>>(), 0);
        for (; round < 5; round++)
        {
            // Far more than one batch holds.
            waiting.AddRange(Enumerable.Range(0, 2_000).Select(number => app.Client.TryAcquireAsync($"lock-{round}-{number}", Lease)));
            await app.Locks.AdvanceAsync(TimeSpan.Zero);

            Assert.All(waiting, task => Assert.True(task.IsCompletedSuccessfully));
        }

        await others.CancelAsync();
        await load;
    }

    /// <summary>Its thread may be kept waiting for longer than everything else takes, on a machine with far too much to do.</summary>
    [Fact]
    public async Task OnABusyPool_ACallerThatWasAnswered_HasGoneOn_AtRest()
    {
        await using var app = await AppUnderTest.StartAsync();
        using var others = new CancellationTokenSource();
        var load = KeepBusyAsync(others.Token);
        using var slow = app.Locks.Slow(Delay, Key);
        var advancing = new TaskCompletionSource<Task>();

        var wasAtRest = app.Client.TryAcquireAsync(Key, Lease).ContinueWith(
            _ => advancing.Task.Result.Wait(TimeSpan.FromSeconds(1)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var advance = app.Locks.AdvanceAsync(Delay);
        advancing.SetResult(advance);

        await advance;
        Assert.True(wasAtRest.IsCompleted);
        Assert.False(await wasAtRest);
        await others.CancelAsync();
        await load;
    }

    [Fact]
    public async Task TheHistory_TellsABatch_InItsOrder_AndOnce()
    {
        await using var app = await AppUnderTest.StartAsync();
        var collector = await ReplyCollector.OpenAsync(app);
        var onNothing = new LockCommand { Acquire = Acquire(Key, "on nothing").Acquire! with { LeaseId = Guid.CreateVersion7() } };

        await collector.SendAsync(Acquire(Key, "first"), onNothing, Acquire(Key, "second"), Acquire(Key, "third", Lease));
        await app.Locks.AdvanceAsync(TimeSpan.Zero);
        await collector.SendAsync(new LockCommand { Acquire = onNothing.Acquire! with { AcquireId = Guid.CreateVersion7(), Owner = "again on nothing" } });
        await app.Locks.AdvanceAsync(TimeSpan.Zero);

        Assert.Equal(
            [
                (LockEventKind.Acquired, "first"), (LockEventKind.Denied, "on nothing"), (LockEventKind.Denied, "second"),
                (LockEventKind.Queued, "third"), (LockEventKind.Denied, "again on nothing"),
            ],
            app.Locks.Look(Key).History.Select(entry => (entry.Kind, entry.Owner!)));
    }

    private static LockCommand Acquire(string key, string owner = "me", TimeSpan? wait = null) =>
        new() { Acquire = new AcquireLock(key, Guid.CreateVersion7(), owner, Lease, wait) };

    private static IEnumerable<string> Granted(ReplyCollector collector) => collector.Replies.Select(reply => reply.Acquired?.Key).OfType<string>();

    /// <summary>Other tests, which leave the thread pool no rest.</summary>
    private static Task KeepBusyAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                    await Task.Yield();
            },
            CancellationToken.None)));
}
