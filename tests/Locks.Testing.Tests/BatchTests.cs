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
        var mailbox = await Mailbox.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay, "slow");

        var batch = await mailbox.SendAsync(Acquire("slow"), Acquire("quick"));
        await app.Locks.AdvanceAsync(Delay / 2);
        Assert.Equal(["quick"], Granted(mailbox));
        Assert.Equal([batch], mailbox.Completed);
        await app.Locks.AdvanceAsync(Delay / 2);

        Assert.Equal(["quick", "slow"], Granted(mailbox));
        Assert.Equal(app.Time.Start + Delay, app.Locks.Look("slow").OfKind(LockEventKind.Acquired).Single().At);
    }

    [Fact]
    public async Task ABatchOfWhichNothingIsLeft_IsSettledAtOnce()
    {
        await using var app = await AppUnderTest.StartAsync();
        var mailbox = await Mailbox.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay);

        var batch = await mailbox.SendAsync(Acquire("a"), Acquire("b"));
        await app.Locks.AdvanceAsync(TimeSpan.Zero);
        Assert.Equal([batch], mailbox.Completed);
        Assert.Empty(mailbox.Replies);
        await app.Locks.AdvanceAsync(Delay);

        Assert.Equal(["a", "b"], Granted(mailbox).Order());
    }

    [Fact]
    public async Task WhatIsHeldUp_IsHeldUpOnce_AndStaysInOrder()
    {
        await using var app = await AppUnderTest.StartAsync();
        var mailbox = await Mailbox.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay);

        await mailbox.SendAsync(Acquire(Key, "first"), Acquire(Key, "second", Lease), Acquire("other"), Acquire(Key, "third", Lease));
        await app.Locks.AdvanceAsync(Delay);

        Assert.Equal("first", app.Locks.Look(Key).Holder!.Owner);
        Assert.Equal(["second", "third"], app.Locks.Look(Key).Waiters);
    }

    [Fact]
    public async Task EachDelay_IsItsOwn()
    {
        await using var app = await AppUnderTest.StartAsync();
        var mailbox = await Mailbox.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay, "slow");
        using var slower = app.Locks.Slow(Delay * 2, "slower");

        await mailbox.SendAsync(Acquire("slower"), Acquire("slow"), Acquire("quick"));
        await app.Locks.AdvanceAsync(Delay);
        Assert.Equal(["quick", "slow"], Granted(mailbox));
        await app.Locks.AdvanceAsync(Delay);

        Assert.Equal(["quick", "slow", "slower"], Granted(mailbox));
    }

    [Fact]
    public async Task WhatIsRefused_IsAnsweredByName_AndWhatExpectsNoAnswerGetsLost()
    {
        await using var app = await AppUnderTest.StartAsync();
        var mailbox = await Mailbox.OpenAsync(app);
        var (acquire, renewal) = (Acquire(Key), Guid.CreateVersion7());
        using var unreachable = app.Locks.Unreachable();

        var batch = await mailbox.SendAsync(
            acquire,
            new LockCommand { RequestId = renewal, Renew = new RenewLock(Key, "token", Lease) },
            new LockCommand { Release = new ReleaseLock(Key, "token") },
            new LockCommand { Cancel = new CancelAcquire(Key, Guid.CreateVersion7()) });
        await app.Locks.AdvanceAsync(TimeSpan.Zero);

        Assert.Equal(
            [(acquire.Acquire!.AcquireId, nameof(AcquireLock)), (renewal, nameof(RenewLock))],
            mailbox.Replies.Select(reply => (reply.RequestId!.Value, reply.Failed!.Command)));
        Assert.All(mailbox.Replies, reply => Assert.Equal("The test has made the lock coordinator unreachable.", reply.Failed!.Reason));
        Assert.Equal([batch], mailbox.Completed);
        Assert.Empty(app.Locks.Look(Key).History);
    }

    [Fact]
    public async Task WhatIsHeldUp_CanBeRefusedWhenItArrives()
    {
        await using var app = await AppUnderTest.StartAsync();
        var mailbox = await Mailbox.OpenAsync(app);
        using var slow = app.Locks.Slow(Delay, Key);
        await mailbox.SendAsync(Acquire(Key), Acquire("other"));
        await app.Locks.AdvanceAsync(TimeSpan.Zero);

        using var unreachable = app.Locks.Unreachable();
        await app.Locks.AdvanceAsync(Delay);

        Assert.Equal(["other"], Granted(mailbox));
        Assert.Equal(nameof(AcquireLock), mailbox.Replies.Last().Failed!.Command);
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

    [Fact]
    public async Task TheHistory_TellsABatch_InItsOrder_AndOnce()
    {
        await using var app = await AppUnderTest.StartAsync();
        var mailbox = await Mailbox.OpenAsync(app);
        var onNothing = new LockCommand { Acquire = Acquire(Key, "on nothing").Acquire! with { LeaseId = Guid.CreateVersion7() } };

        await mailbox.SendAsync(Acquire(Key, "first"), onNothing, Acquire(Key, "second"), Acquire(Key, "third", Lease));
        await app.Locks.AdvanceAsync(TimeSpan.Zero);
        await mailbox.SendAsync(new LockCommand { Acquire = onNothing.Acquire! with { AcquireId = Guid.CreateVersion7(), Owner = "again on nothing" } });
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

    private static IEnumerable<string> Granted(Mailbox mailbox) => mailbox.Replies.Select(reply => reply.Acquired?.Key).OfType<string>();

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
