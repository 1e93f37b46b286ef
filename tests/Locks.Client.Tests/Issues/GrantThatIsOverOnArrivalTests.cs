using Locks.Contracts;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A grant whose lease is over when it arrives is no grant (G11). The client handed it out all the same: <c>AcquireLockAsync</c> answered
/// true, and <c>RunAsync</c> ran its action, without a lock.
/// </summary>
public sealed class GrantThatIsOverOnArrivalTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(7);
    private static readonly LockOptions FourSeconds = new() { Lease = Lease };

    [Fact]
    public async Task TryAcquire_ReturnsALockThatIsHeld_AndReleasesTheOneThatIsOver()
    {
        var coordinator = new FakeCoordinator();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        var lateAttempt = AnswerTheFirstAttemptLate(coordinator, fixture);

        await using var handle = await fixture.AsTimePassesAsync(fixture.Client.TryAcquireAsync(LockFixture.Key, FourSeconds));

        Assert.NotNull(handle);
        Assert.True(handle.IsHeld);
        await coordinator.ReceivedAsync<CancelAcquire>();
        Assert.Equal(lateAttempt(), Assert.Single(coordinator.All<CancelAcquire>()).AcquireId);
    }

    [Fact]
    public async Task AGrantOnTime_IsNotReleased()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(coordinator);

        await using (await fixture.Client.TryAcquireAsync(LockFixture.Key, FourSeconds))
            Assert.Empty(coordinator.All<CancelAcquire>());

        Assert.Single(coordinator.All<AcquireLock>());
        Assert.Empty(coordinator.All<CancelAcquire>());
    }

    [Fact]
    public async Task TryAcquire_Throws_WhenEveryGrantIsOverOnArrival()
    {
        var coordinator = new FakeCoordinator();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        AnswerLate(coordinator, fixture);

        await Assert.ThrowsAsync<LockUnavailableException>(
            () => fixture.AsTimePassesAsync(fixture.Client.TryAcquireAsync(LockFixture.Key, FourSeconds)));

        Assert.True(coordinator.All<AcquireLock>().Select(acquire => acquire.AcquireId).Distinct().Count() > 1);
    }

    [Fact]
    public async Task AcquireLock_NeverAnswersTrue_WithoutALock()
    {
        var coordinator = new FakeCoordinator();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        AnswerLate(coordinator, fixture);

        await Assert.ThrowsAsync<LockUnavailableException>(
            () => fixture.AsTimePassesAsync(fixture.DistributedLock.AcquireLockAsync(LockFixture.Key, Lease)));
    }

    [Fact]
    public async Task Run_NeverRunsItsAction_WithoutALock()
    {
        var coordinator = new FakeCoordinator();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        AnswerLate(coordinator, fixture);
        var hasRun = false;

        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.AsTimePassesAsync(fixture.Client.RunAsync(
            LockFixture.Key,
            _ =>
            {
                hasRun = true;
                return Task.CompletedTask;
            },
            FourSeconds)));

        Assert.False(hasRun);
    }

    [Fact]
    public async Task AWaiter_WhoseConfirmationIsAnsweredTooLate_AttemptsAnew()
    {
        var coordinator = new FakeCoordinator();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        var attempts = new HashSet<Guid>();
        coordinator.OnAcquire = acquire =>
        {
            attempts.Add(acquire.AcquireId);

            // Shorter than the requested lease: an offer, to be confirmed.
            return coordinator.Grant(acquire, attempts.Count == 1 ? Lease / 2 : null);
        };
        RenewLate(coordinator, fixture);
        var kept = FourSeconds with { HoldUntilExpiry = true };

        var handle = await fixture.AsTimePassesAsync(fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(1), kept));

        Assert.True(handle.IsHeld);
        Assert.Equal(2, attempts.Count);
    }

    [Fact]
    public async Task AMemberOfACohort_WhoseRenewalIsAnsweredTooLate_AttemptsAnew()
    {
        var coordinator = new FakeCoordinator();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        var attempts = new HashSet<Guid>();
        coordinator.OnAcquire = acquire =>
        {
            if (!attempts.Add(acquire.AcquireId))
                return null;
            if (attempts.Count > 1)
                return coordinator.Grant(acquire);

            // Most of the window is used up when it arrives, so it is renewed before anything else.
            fixture.Time.Advance(Lease / 3);
            return coordinator.Grant(acquire, Lease / 2) with { Cohort = [new CohortMember(Guid.CreateVersion7(), 99)] };
        };
        RenewLate(coordinator, fixture);

        var handle = await fixture.AsTimePassesAsync(fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(1), FourSeconds));

        Assert.True(handle.IsHeld);
        Assert.Equal(2, attempts.Count);
    }

    [Fact]
    public async Task ASharedLease_WhoseGrantIsOverOnArrival_IsRefused_AndRevoked()
    {
        var coordinator = new FakeCoordinator();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        coordinator.OnGrantLease = grant =>
        {
            fixture.Time.Advance(Outage);
            return new LeaseGranted(grant.LeaseId, grant.Ttl);
        };

        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.Client.Leases.GrantAsync(Lease));

        await coordinator.ReceivedAsync<RevokeLease>();
    }

    /// <summary>The first attempt is answered when its lease is over; a later one at once.</summary>
    /// <returns>Which attempt was the first.</returns>
    private static Func<Guid?> AnswerTheFirstAttemptLate(FakeCoordinator coordinator, LockFixture fixture)
    {
        Guid? late = null;
        coordinator.OnAcquire = acquire =>
        {
            if (late == acquire.AcquireId)
                return null;
            if (late is null)
            {
                late = acquire.AcquireId;
                fixture.Time.Advance(Outage);
            }

            return coordinator.Grant(acquire);
        };
        return () => late;
    }

    /// <summary>Every attempt is answered when its lease is over; its copies, which the client sends meanwhile, are not.</summary>
    private static void AnswerLate(FakeCoordinator coordinator, LockFixture fixture)
    {
        var attempts = new HashSet<Guid>();
        coordinator.OnAcquire = acquire =>
        {
            if (!attempts.Add(acquire.AcquireId))
                return null;
            fixture.Time.Advance(Outage);
            return coordinator.Grant(acquire);
        };
    }

    /// <summary>The first renewal is answered when the lease that it is for is over.</summary>
    private static void RenewLate(FakeCoordinator coordinator, LockFixture fixture)
    {
        var isLate = true;
        coordinator.OnRenew = renew =>
        {
            if (isLate)
            {
                isLate = false;
                fixture.Time.Advance(Outage);
            }

            return new LockRenewed(renew.Key, 1, renew.Lease);
        };
    }
}
