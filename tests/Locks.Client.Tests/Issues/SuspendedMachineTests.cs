using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A machine that was suspended: its wall clock goes on, its monotonic clock has stood. Leases were counted on the monotonic clock alone, so
/// a handle said that it was held, and <c>Lost</c> was silent, while another client held the lock.
/// </summary>
public sealed class SuspendedMachineTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Night = TimeSpan.FromSeconds(60);
    private static readonly LockOptions Renewing = new() { Lease = Lease, AutoRenew = true };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALockWhoseLeaseEndedMeanwhile_IsNotHeld_AtTheFirstLook(bool autoRenew)
    {
        await using var fixture = await LockFixture.StartAsync(Granting());
        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewing with { AutoRenew = autoRenew });

        fixture.Time.Suspend(Night);

        Assert.False(handle!.IsHeld);
        Assert.Equal(LockHandleState.Lost, handle.State);
        Assert.Equal(LockLossReason.Expired, handle.Loss!.Reason);
    }

    [Fact]
    public async Task ATokenThatWasTakenBefore_Fires_WithoutALookAtTheHandle()
    {
        await using var fixture = await LockFixture.StartAsync(Granting());
        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewing);
        var lost = handle!.Lost;

        fixture.Time.Suspend(Night);

        await Eventually.FiresAsync(lost);
    }

    [Fact]
    public async Task ALockWhoseLeaseGoesOn_IsRenewedAtOnce()
    {
        var lease = TimeSpan.FromSeconds(12);
        var coordinator = Granting();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewing with { Lease = lease });
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(lease));

        // The time of the test does not move: without the suspension, the renewal would be a third of the lease away.
        fixture.Time.Suspend(TimeSpan.FromSeconds(9));

        await coordinator.ReceivedAsync<RenewLock>();
        await Eventually.HoldsAsync(() => handle!.State == LockHandleState.Held);
        fixture.Time.Suspend(TimeSpan.FromSeconds(9));
        Assert.True(handle!.IsHeld);
    }

    [Fact]
    public async Task ManyShortSuspensions_AddUp()
    {
        await using var fixture = await LockFixture.StartAsync(Granting());
        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewing with { AutoRenew = false });

        for (var i = 0; i < 94; i++)
        {
            fixture.Time.Suspend(TimeSpan.FromSeconds(0.1));
            Assert.True(handle!.IsHeld);
        }

        fixture.Time.Suspend(TimeSpan.FromSeconds(0.1));
        Assert.False(handle!.IsHeld);
    }

    [Fact]
    public async Task AWallClockThatIsSetBack_ChangesNothing()
    {
        await using var fixture = await LockFixture.StartAsync(Granting());
        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewing with { AutoRenew = false });

        fixture.Time.JumpWallClock(TimeSpan.FromHours(-1));
        fixture.Time.Advance(TimeSpan.FromSeconds(9.4));
        Assert.True(handle!.IsHeld);

        fixture.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(handle.IsHeld);
    }

    [Fact]
    public async Task ASuspension_Counts_AlthoughTheWallClockWasSetBack()
    {
        await using var fixture = await LockFixture.StartAsync(Granting());
        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewing with { AutoRenew = false });

        fixture.Time.JumpWallClock(TimeSpan.FromHours(-1));
        Assert.True(handle!.IsHeld);
        fixture.Time.Suspend(TimeSpan.FromSeconds(5));
        Assert.True(handle.IsHeld);
        fixture.Time.JumpWallClock(TimeSpan.FromHours(-1));
        fixture.Time.Advance(TimeSpan.FromSeconds(4.5));

        Assert.False(handle.IsHeld);
    }

    [Fact]
    public async Task ASharedLease_EndsWithAllItsLocks()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var lease = await fixture.Client.Leases.GrantAsync(Lease);
        var leased = await fixture.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id);
        Assert.True(leased.Acquired);

        fixture.Time.Suspend(Night);

        Assert.False(lease.IsAlive);
        Assert.False(leased.Handle!.IsHeld);
    }

    [Fact]
    public async Task ASet_IsLostAsAWhole()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var set = await fixture.Client.TryAcquireAllAsync(["a", "b"], Renewing);

        fixture.Time.Suspend(Night);

        Assert.False(set!.IsHeld);
        await Eventually.FiresAsync(set.Lost);
    }

    [Fact]
    public async Task ALockToken_SaysSo()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var token = await fixture.DistributedLock.UsingTokenAsync(LockFixture.Key, Lease);
        Assert.True(token.HasLock);

        fixture.Time.Suspend(Night);

        Assert.False(token.HasLock);
    }

    private static FakeCoordinator Granting()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => coordinator.Grant(acquire);
        return coordinator;
    }
}
