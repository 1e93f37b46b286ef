using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Holding;

/// <summary>Locks that outlive their handle: held until they expire, or for a least time.</summary>
public sealed class HoldOptionsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly LockOptions HeldUntilExpiry = new() { Lease = Lease, AutoRenew = true, HoldUntilExpiry = true };

    private readonly FakeCoordinator _coordinator = new();

    public HoldOptionsTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HoldUntilExpiry_DisposingStopsTheRenewal_AndReleasesNothing()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, HeldUntilExpiry, Cancellation))!;
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));

        await handle.DisposeAsync();
        handle.Dispose();
        await Eventually.HoldsAsync(() => fixture.Time.Timers is [var only] && only == LockFixture.TimeUntilAtRisk(Lease));

        Assert.Equal(LockHandleState.Held, handle.State);
        fixture.Time.Advance(Lease);
        Assert.Equal(LockHandleState.Lost, handle.State);
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task HoldUntilExpiry_ReleasingReleases_AlsoAfterDisposing()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, HeldUntilExpiry, Cancellation))!;
        await handle.DisposeAsync();

        Assert.True(await handle.ReleaseAsync(Cancellation));

        Assert.Equal(LockHandleState.Released, handle.State);
        Assert.Single(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task RunAsync_HoldsTheLockUntilItExpires()
    {
        await using var fixture = await LockFixture.StartAsync();

        Assert.True(await fixture.Client.RunAsync(LockFixture.Key, _ => Task.CompletedTask, HeldUntilExpiry, Cancellation));

        Assert.False(
            await fixture.Client.RunAsync(LockFixture.Key, _ => throw new InvalidOperationException("ran twice"), HeldUntilExpiry, Cancellation));
        fixture.Time.Advance(Lease);
        Assert.True(await fixture.Client.RunAsync(LockFixture.Key, _ => Task.CompletedTask, HeldUntilExpiry, Cancellation));
    }

    [Theory]
    [InlineData(0, 20.0)]
    [InlineData(15, 5.0)]
    [InlineData(20, null)]
    [InlineData(25, null)]
    public async Task HoldAtLeast_IsWhatIsLeftOfIt_WhenTheLockIsReleased(int after, double? left)
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var options = new LockOptions { Lease = Lease, HoldAtLeast = TimeSpan.FromSeconds(20) };
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, options, Cancellation))!;
        fixture.Time.Advance(TimeSpan.FromSeconds(after));

        await handle.DisposeAsync();

        Assert.Equal(left is { } seconds ? TimeSpan.FromSeconds(seconds) : null, _coordinator.All<ReleaseLock>().Single().Cooldown);
        Assert.Equal(LockHandleState.Released, handle.State);
    }

    [Fact]
    public async Task HoldAtLeast_CountsFromWhenTheGrantIsHere()
    {
        _coordinator.OnAcquire = acquire => _coordinator.All<AcquireLock>().Any() ? _coordinator.Grant(acquire) : null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var options = new LockOptions { Lease = Lease, HoldAtLeast = TimeSpan.FromSeconds(20) };
        var trying = fixture.Client.TryAcquireAsync(LockFixture.Key, options, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        await (await trying.Within())!.ReleaseAsync(Cancellation);

        Assert.Equal(TimeSpan.FromSeconds(20), _coordinator.All<ReleaseLock>().Single().Cooldown);
    }

    [Fact]
    public async Task RunAsync_HoldsAtLeastAsLong()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await fixture.Client.RunAsync(
            LockFixture.Key, _ => Task.CompletedTask, new LockOptions { Lease = Lease, HoldAtLeast = Lease }, Cancellation);

        Assert.Equal(Lease, _coordinator.All<ReleaseLock>().Single().Cooldown);
    }

    [Theory]
    [InlineData(31.0, 30.0, "HoldAtLeast is 00:00:31; it must be between 00:00:00 and the lease, which is 00:00:30")]
    [InlineData(-1.0, 30.0, "HoldAtLeast is -00:00:01; it must be between 00:00:00 and the lease, which is 00:00:30")]
    [InlineData(60.5, null, "HoldAtLeast is 00:01:00.5000000; it must be between 00:00:00 and the lease, which is 00:01:00")]
    public async Task HoldAtLeast_LongerThanTheLease_IsRefused(double least, double? lease, string says)
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.DefaultLease = TimeSpan.FromMinutes(1));
        var options = new LockOptions
        {
            Lease = lease is { } seconds ? TimeSpan.FromSeconds(
            seconds) : null,
            HoldAtLeast = TimeSpan.FromSeconds(least)
        };

        var refusal = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => fixture.Client.TryAcquireAsync(LockFixture.Key, options, Cancellation));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_coordinator.Received);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public async Task AtRiskAfter_ThatIsNoShare_IsRefused(double share)
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var refusal = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => fixture.Client.TryAcquireAsync(LockFixture.Key, new LockOptions { AtRiskAfter = share }, Cancellation));

        Assert.Contains("it must be more than 0 and less than 1", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_coordinator.Received);
    }
}
