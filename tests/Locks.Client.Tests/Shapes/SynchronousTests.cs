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
        ["AcquireLock, ReleaseLock"] = world =>
        {
            Assert.True(world.DistributedLock.AcquireLock(Key, Minute));
            world.DistributedLock.ReleaseLock(Key);
        },
        ["AcquireLock without expiry, ReleaseLock"] = world =>
        {
            Assert.True(world.DistributedLock.AcquireLock(Key));
            world.DistributedLock.ReleaseLock(Key);
        },
        ["UsingToken, ILockToken.Dispose"] = world =>
        {
            using var token = world.DistributedLock.UsingToken(Key, Minute);
            Assert.True(token.HasLock);
        },
        ["AwaitLock in line"] = world =>
        {
            var holder = world.DistributedLock.UsingToken(Key, Minute);
            _ = Task.Run(async () =>
            {
                await world.SomebodyWaitsAsync(Key);
                await holder.DisposeAsync();
            });
            using var token = world.DistributedLock.AwaitLock(Key, Minute, Minute);
            Assert.True(token.HasLock);
        },
        ["AwaitLock in vain"] = world =>
        {
            using var holder = world.DistributedLock.UsingToken(Key, 5 * Minute);
            _ = Task.Run(async () =>
            {
                await world.SomebodyWaitsAsync(Key);
                world.Time.Advance(Minute);
            });
            Assert.Throws<LockTimeoutException>(() => world.DistributedLock.AwaitLock(Key, Minute, Minute));
        },
        ["ILockHandle.Dispose"] = world =>
        {
            using var token = world.DistributedLock.UsingToken(Key, Minute);
            token.Handle!.Dispose();
            Assert.False(token.HasLock);
        },
        ["IKeyedLock.Dispose"] = world =>
        {
            // It has no synchronous way to be taken.
            using var mine = world.LockFactory.CreateLock(Key, Minute);
            Assert.True(Task.Run(() => mine.TryAcquireAsync()).GetAwaiter().GetResult());
        },
        ["bad input"] = world => Assert.Throws<ArgumentException>(() => world.DistributedLock.AcquireLock("", Minute)),
    };

    public static TheoryData<string> Cases => [.. Members.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task UnderASynchronizationContextOfOneThread_NothingDeadlocks(string members)
    {
        await using var world = await LockFixture.StartAsync();

        await OneThread.RunAsync(async () =>
        {
            await Task.Yield();
            Members[members](world);
        }).Within();

        Assert.True(await world.IsFreeAsync(Key));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task UnderASchedulerOfOneTaskAtATime_NothingDeadlocks(string members)
    {
        await using var world = await LockFixture.StartAsync();
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;

        await Task.Factory.StartNew(() => Members[members](world), CancellationToken.None, TaskCreationOptions.None, scheduler).Within();

        Assert.True(await world.IsFreeAsync(Key));
    }
}
