using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Shapes;

/// <summary>Every synchronous member, where whatever comes after an await wants the very thread that is blocked.</summary>
public sealed class SynchronousTests
{
    private const string Key = "a";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<string, Action<LockFixture>> Members = new()
    {
        ["AcquireLock, ReleaseLock"] = fixture =>
        {
            Assert.True(fixture.DistributedLock.AcquireLock(Key, Minute));
            fixture.DistributedLock.ReleaseLock(Key);
        },
        ["AcquireLock without expiry, ReleaseLock"] = fixture =>
        {
            Assert.True(fixture.DistributedLock.AcquireLock(Key));
            fixture.DistributedLock.ReleaseLock(Key);
        },
        ["UsingToken, ILockToken.Dispose"] = fixture =>
        {
            using var token = fixture.DistributedLock.UsingToken(Key, Minute);
            Assert.True(token.HasLock);
        },
        ["AwaitLock in the queue"] = fixture =>
        {
            var holder = fixture.DistributedLock.UsingToken(Key, Minute);
            _ = Task.Run(async () =>
            {
                await fixture.WaitUntilQueuedAsync(Key);
                await holder.DisposeAsync();
            });
            using var token = fixture.DistributedLock.AwaitLock(Key, Minute, Minute);
            Assert.True(token.HasLock);
        },
        ["AwaitLock in vain"] = fixture =>
        {
            using var holder = fixture.DistributedLock.UsingToken(Key, 5 * Minute);
            _ = Task.Run(async () =>
            {
                await fixture.WaitUntilQueuedAsync(Key);
                fixture.Time.Advance(Minute);
            });
            Assert.Throws<LockTimeoutException>(() => fixture.DistributedLock.AwaitLock(Key, Minute, Minute));
        },
        ["ILockHandle.Dispose"] = fixture =>
        {
            using var token = fixture.DistributedLock.UsingToken(Key, Minute);
            token.Handle!.Dispose();
            Assert.False(token.HasLock);
        },
        ["IKeyedLock.Dispose"] = fixture =>
        {
            // It has no synchronous way to be taken.
            using var mine = fixture.LockFactory.CreateLock(Key, Minute);
            Assert.True(Task.Run(() => mine.TryAcquireAsync()).GetAwaiter().GetResult());
        },
        ["bad input"] = fixture => Assert.Throws<ArgumentException>(() => fixture.DistributedLock.AcquireLock("", Minute)),
    };

    public static TheoryData<string> Cases => [.. Members.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task UnderASynchronizationContextOfOneThread_NothingDeadlocks(string members)
    {
        await using var fixture = await LockFixture.StartAsync();

        await SingleThreadContext.RunAsync(async () =>
        {
            await Task.Yield();
            Members[members](fixture);
        }).Within();

        Assert.True(await fixture.IsFreeAsync(Key));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task UnderASchedulerOfOneTaskAtATime_NothingDeadlocks(string members)
    {
        await using var fixture = await LockFixture.StartAsync();
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;

        await Task.Factory.StartNew(() => Members[members](fixture), CancellationToken.None, TaskCreationOptions.None, scheduler).Within();

        Assert.True(await fixture.IsFreeAsync(Key));
    }
}
