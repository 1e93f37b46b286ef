using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A caller that did not get a lock called <c>ReleaseLock(key)</c> in its <c>finally</c>, and freed the lock of another caller in the
/// process.
/// </summary>
public sealed class ReleaseOfAnothersLockTests
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ACallerThatDidNotGetTheLock_DoesNotReleaseIt()
    {
        await using var fixture = await LockFixture.StartAsync();
        var locks = fixture.DistributedLock;
        Assert.True(await locks.AcquireLockAsync(LockFixture.Key, Expiry, Cancellation));

        // A task sees what was acquired before it was started; its own failure counts.
        await Task.Run(
            async () =>
            {
                Assert.False(await locks.AcquireLockAsync(LockFixture.Key, Expiry, Cancellation));
                await locks.ReleaseLockAsync(LockFixture.Key, Cancellation);
            },
            Cancellation);

        Assert.False(await fixture.IsFreeAsync());
        Assert.Contains(fixture.Logs.Lines, line => line.Contains("by a flow of control that did not acquire it", StringComparison.Ordinal));
        await locks.ReleaseLockAsync(LockFixture.Key, Cancellation);
        Assert.True(await fixture.IsFreeAsync());
    }

    [Fact]
    public async Task ACallerThatNeverTried_DoesNotReleaseIt()
    {
        await using var fixture = await LockFixture.StartAsync();
        var locks = fixture.DistributedLock;
        await Task.Run(() => locks.AcquireLockAsync(LockFixture.Key, Expiry, Cancellation), Cancellation);

        await locks.ReleaseLockAsync(LockFixture.Key, Cancellation);

        Assert.False(await fixture.IsFreeAsync());
    }

    [Fact]
    public async Task Synchronously_AThreadThatDidNotGetTheLock_DoesNotReleaseIt()
    {
        await using var fixture = await LockFixture.StartAsync();
        var locks = fixture.DistributedLock;

        await OnThreadOfItsOwnAsync(() =>
        {
            Assert.True(locks.AcquireLock(LockFixture.Key, Expiry));
            OnThreadOfItsOwnAsync(TryAndRelease).GetAwaiter().GetResult();
        });
        await OnThreadOfItsOwnAsync(TryAndRelease);
        await OnThreadOfItsOwnAsync(() => locks.ReleaseLock(LockFixture.Key));

        Assert.False(await fixture.IsFreeAsync());

        void TryAndRelease()
        {
            Assert.False(locks.AcquireLock(LockFixture.Key));
            locks.ReleaseLock(LockFixture.Key);
        }
    }

    [Fact]
    public async Task AFlowThatHoldsTheLock_AndFailsToGetItAgain_CanReleaseIt()
    {
        await using var fixture = await LockFixture.StartAsync();
        var locks = fixture.DistributedLock;
        Assert.True(await locks.AcquireLockAsync(LockFixture.Key, Expiry, Cancellation));
        Assert.True(await locks.AcquireLockAsync("other", Expiry, Cancellation));

        Assert.False(await locks.AcquireLockAsync(LockFixture.Key, Expiry, Cancellation));
        await locks.ReleaseLockAsync(LockFixture.Key, Cancellation);

        Assert.True(await fixture.IsFreeAsync());
        Assert.False(await fixture.IsFreeAsync("other"));
        await locks.ReleaseLockAsync("other", Cancellation);
        Assert.True(await fixture.IsFreeAsync("other"));
    }

    [Fact]
    public async Task ATask_ReleasesWhatItsFlowHadAcquiredBefore()
    {
        await using var fixture = await LockFixture.StartAsync();
        var locks = fixture.DistributedLock;
        Assert.True(await locks.AcquireLockAsync(LockFixture.Key, Expiry, Cancellation));

        await Task.Run(() => locks.ReleaseLockAsync(LockFixture.Key, Cancellation), Cancellation);

        Assert.True(await fixture.IsFreeAsync());
    }

    private static Task OnThreadOfItsOwnAsync(Action action) =>
        Task.Factory.StartNew(action, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
