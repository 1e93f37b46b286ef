using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Holding;

/// <summary>Locks that outlive their handle: kept until they expire, or held for a least time.</summary>
public sealed class KeepingTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly LockOptions Kept = new() { Lease = Lease, AutoRenew = true, HoldUntilExpiry = true };

    private readonly FakeCoordinator _coordinator = new();

    public KeepingTests() => _coordinator.OnAcquire = asked => _coordinator.Grant(asked);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeepUntilExpiry_DisposingStopsTheRenewal_AndReleasesNothing()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockFixture.Key, Kept, Cancellation))!;
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));

        await handle.DisposeAsync();
        handle.Dispose();
        await Eventually.HoldsAsync(() => world.Time.Timers is [var only] && only == LockFixture.UntilRisk(Lease));

        Assert.Equal(LockHandleState.Held, handle.State);
        world.Time.Advance(Lease);
        Assert.Equal(LockHandleState.Lost, handle.State);
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task KeepUntilExpiry_ReleasingReleases_AlsoAfterDisposing()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockFixture.Key, Kept, Cancellation))!;
        await handle.DisposeAsync();

        Assert.True(await handle.ReleaseAsync(Cancellation));

        Assert.Equal(LockHandleState.Released, handle.State);
        Assert.Single(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task RunAsync_KeepsTheLockUntilItExpires()
    {
        await using var world = await LockFixture.StartAsync();

        Assert.True(await world.Client.RunAsync(LockFixture.Key, _ => Task.CompletedTask, Kept, Cancellation));

        Assert.False(await world.Client.RunAsync(LockFixture.Key, _ => throw new InvalidOperationException("ran twice"), Kept, Cancellation));
        world.Time.Advance(Lease);
        Assert.True(await world.Client.RunAsync(LockFixture.Key, _ => Task.CompletedTask, Kept, Cancellation));
    }

    [Theory]
    [InlineData(0, 20.0)]
    [InlineData(15, 5.0)]
    [InlineData(20, null)]
    [InlineData(25, null)]
    public async Task HoldAtLeast_IsWhatIsLeftOfIt_WhenTheLockIsReleased(int after, double? left)
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var how = new LockOptions { Lease = Lease, HoldAtLeast = TimeSpan.FromSeconds(20) };
        var handle = (await world.Client.TryAcquireAsync(LockFixture.Key, how, Cancellation))!;
        world.Time.Advance(TimeSpan.FromSeconds(after));

        await handle.DisposeAsync();

        Assert.Equal(left is { } seconds ? TimeSpan.FromSeconds(seconds) : null, _coordinator.All<ReleaseLock>().Single().Cooldown);
        Assert.Equal(LockHandleState.Released, handle.State);
    }

    [Fact]
    public async Task HoldAtLeast_CountsFromWhenTheGrantIsHere()
    {
        _coordinator.OnAcquire = asked => _coordinator.All<AcquireLock>().Any() ? _coordinator.Grant(asked) : null;
        await using var world = await LockFixture.StartAsync(_coordinator);
        var how = new LockOptions { Lease = Lease, HoldAtLeast = TimeSpan.FromSeconds(20) };
        var trying = world.Client.TryAcquireAsync(LockFixture.Key, how, Cancellation);
        await _coordinator.ComesAsync<AcquireLock>();
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        world.Time.Advance(TimeSpan.FromSeconds(1));

        await (await trying.Within())!.ReleaseAsync(Cancellation);

        Assert.Equal(TimeSpan.FromSeconds(20), _coordinator.All<ReleaseLock>().Single().Cooldown);
    }

    [Fact]
    public async Task RunAsync_HoldsAtLeastAsLong()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);

        await world.Client.RunAsync(
            LockFixture.Key, _ => Task.CompletedTask, new LockOptions { Lease = Lease, HoldAtLeast = Lease }, Cancellation);

        Assert.Equal(Lease, _coordinator.All<ReleaseLock>().Single().Cooldown);
    }

    [Theory]
    [InlineData(31.0, 30.0, "HoldAtLeast is 00:00:31; it must be between 00:00:00 and the lease, which is 00:00:30")]
    [InlineData(-1.0, 30.0, "HoldAtLeast is -00:00:01; it must be between 00:00:00 and the lease, which is 00:00:30")]
    [InlineData(60.5, null, "HoldAtLeast is 00:01:00.5000000; it must be between 00:00:00 and the lease, which is 00:01:00")]
    public async Task HoldAtLeast_LongerThanTheLease_IsRefused(double least, double? lease, string says)
    {
        await using var world = await LockFixture.StartAsync(_coordinator, options => options.DefaultLease = TimeSpan.FromMinutes(1));
        var how = new LockOptions { Lease = lease is { } seconds ? TimeSpan.FromSeconds(seconds) : null, HoldAtLeast = TimeSpan.FromSeconds(least) };

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => world.Client.TryAcquireAsync(LockFixture.Key, how, Cancellation));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_coordinator.Received);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public async Task AtRiskAfter_ThatIsNoShare_IsRefused(double share)
    {
        await using var world = await LockFixture.StartAsync(_coordinator);

        var refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => world.Client.TryAcquireAsync(LockFixture.Key, new LockOptions { AtRiskAfter = share }, Cancellation));

        Assert.Contains("it must be more than 0 and less than 1", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_coordinator.Received);
    }
}
