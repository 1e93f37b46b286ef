using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core;

/// <summary>A lock in hand: renewing, losing and giving it back.</summary>
public sealed class LockHandleTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly StandIn _coordinator = new();

    public LockHandleTests() => _coordinator.OnAcquire = asked => _coordinator.Grant(asked);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renew_ExtendsTheLease()
    {
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, Lease, Cancellation))!;
        world.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.True(await handle.RenewAsync(cancellationToken: Cancellation));
        world.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(handle.IsHeld);
        Assert.True(await handle.RenewAsync(TimeSpan.FromMinutes(5), Cancellation));
        world.Time.Advance(TimeSpan.FromMinutes(4));

        Assert.True(handle.IsHeld);
        Assert.Equal([Lease, TimeSpan.FromMinutes(5)], _coordinator.All<RenewLock>().Select(renew => renew.Lease));
    }

    [Fact]
    public async Task Renew_OfALockThatIsLost_FiresLost_AndSaysNo()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, Lease, Cancellation))!;

        Assert.False(await handle.RenewAsync(cancellationToken: Cancellation));

        Assert.True(handle.Lost.IsCancellationRequested);
        Assert.False(handle.IsHeld);
        Assert.False(await handle.RenewAsync(cancellationToken: Cancellation));
        Assert.Single(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task Renew_WithABadLease_IsRefused_BeforeAnythingIsSent()
    {
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, Lease, Cancellation))!;

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => handle.RenewAsync(TimeSpan.Zero, Cancellation));

        Assert.Contains("Lease is 00:00:00; it must be between", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task Renew_WithoutAnAnswer_LeavesTheLockHeldUntilItsLeaseEnds()
    {
        _coordinator.OnRenew = _ => null;
        await using var world = await LockWorld.StartAsync(_coordinator, options => options.RequestTimeout = TimeSpan.FromSeconds(2));
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, Lease, Cancellation))!;

        var renewing = handle.RenewAsync(cancellationToken: Cancellation);
        await _coordinator.ComesAsync<RenewLock>();
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        world.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<LockUnavailableException>(() => renewing.Within());
        Assert.True(handle.IsHeld);
        world.Time.Advance(TimeSpan.FromSeconds(27.5));
        Assert.True(handle.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Release_DoesNotFireLost_AndIsSentOnce()
    {
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, Lease, Cancellation))!;

        Assert.True(await handle.ReleaseAsync(Cancellation));
        Assert.True(await handle.ReleaseAsync(Cancellation));
        await handle.DisposeAsync();
        handle.Dispose();
        world.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.False(handle.IsHeld);
        Assert.False(handle.Lost.IsCancellationRequested);
        Assert.Equal("token 1", Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken);
    }

    [Fact]
    public async Task Release_OfALockThatWasLost_SaysNo()
    {
        _coordinator.OnRelease = release => new LockNotHeld(release.Key);
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, Lease, Cancellation))!;

        Assert.False(await handle.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task ADisposeWithoutAnAnswer_IsLogged_AndDoesNotThrow()
    {
        _coordinator.OnRelease = _ => throw new InvalidOperationException("the store is away");
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, Lease, Cancellation))!;

        await handle.DisposeAsync();

        Assert.Contains(world.Logs.Lines, line => line.Contains("The release of lock orders/42 was not answered", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Logs.Lines, line => line.Contains("token 1", StringComparison.Ordinal));
        await Assert.ThrowsAsync<LockUnavailableException>(() => handle.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task AutoRenew_RenewsEveryThirdOfTheLease_UntilTheRelease()
    {
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation))!;
        for (var renewals = 1; renewals <= 5; renewals++)
        {
            await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
            world.Time.Advance(TimeSpan.FromSeconds(9.999));
            Assert.Equal(renewals - 1, _coordinator.All<RenewLock>().Count());
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            await _coordinator.ComesAsync<RenewLock>(renewals);
        }

        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
        Assert.True(handle.IsHeld);
        Assert.True(await handle.ReleaseAsync(Cancellation));
        await Eventually.HoldsAsync(() => world.Time.Timers.Count == 0);
        Assert.Equal(5, _coordinator.All<RenewLock>().Count());
    }

    [Fact]
    public async Task AutoRenew_OfALockThatIsLost_FiresLost_AndStops()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.Expired);
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation))!;

        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
        world.Time.Advance(TimeSpan.FromSeconds(10));

        await Eventually.FiresAsync(handle.Lost);
        world.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task AutoRenew_WithoutAnswers_LosesTheLockWhenItsLeaseEnds()
    {
        _coordinator.OnRenew = _ => null;
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation))!;

        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
        world.Time.Advance(TimeSpan.FromSeconds(10));
        await _coordinator.ComesAsync<RenewLock>();
        Assert.True(handle.IsHeld);
        world.Time.Advance(TimeSpan.FromSeconds(19.5));

        Assert.True(handle.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task TheOwnerToken_IsInNoLogLine()
    {
        await using var world = await LockWorld.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockWorld.Key, Lease, Cancellation))!;
        await handle.RenewAsync(cancellationToken: Cancellation);
        await handle.ReleaseAsync(Cancellation);

        Assert.NotEmpty(world.Logs.Lines);
        Assert.DoesNotContain(world.Logs.Lines, line => line.Contains("token 1", StringComparison.Ordinal));
        Assert.DoesNotContain("token 1", handle.ToString(), StringComparison.Ordinal);
    }
}
