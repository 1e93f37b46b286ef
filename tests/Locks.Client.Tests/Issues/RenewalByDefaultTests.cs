using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>That locks are renewed had to be said at each call.</summary>
public sealed class RenewalByDefaultTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly FakeCoordinator _coordinator = new();

    public RenewalByDefaultTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheClientsDefault_HoldsWhereACallSaysNothing()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.AutoRenew = true);
        await using var plain = await fixture.Client.TryAcquireAsync("plain", cancellationToken: Cancellation);
        await using var timed = await fixture.Client.TryAcquireAsync("timed", Lease, Cancellation);
        await using var set = await fixture.Client.TryAcquireAllAsync(["set"], cancellationToken: Cancellation);
        await using var not = await fixture.Client.TryAcquireAsync("not", new LockOptions { AutoRenew = false }, Cancellation);

        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count(timer => timer == Lease / 3) == 3);
        fixture.Time.Advance(Lease / 3);
        await _coordinator.ReceivedAsync<RenewLock>(3);

        Assert.Equal(["plain", "set", "timed"], _coordinator.All<RenewLock>().Select(renew => renew.Key).Order());
    }

    [Fact]
    public async Task ALockWithAnExpiry_EndsWithIt()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.AutoRenew = true);
        using var keyed = fixture.LockFactory.CreateLock("keyed", Lease);

        Assert.True(await fixture.DistributedLock.AcquireLockAsync("known", Lease, Cancellation));
        Assert.True(await keyed.TryAcquireAsync(Cancellation));
        await using var token = await fixture.DistributedLock.UsingTokenAsync("token", Lease, Cancellation);

        Assert.DoesNotContain(Lease / 3, fixture.Time.Timers);
        fixture.Time.Advance(Lease);
        Assert.False(token.HasLock);
        Assert.Empty(_coordinator.All<RenewLock>());
    }
}
