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
    public async Task TryAcquire_ReturnsALockThatIsHeld_AndGivesTheOneThatIsOverBack()
    {
        var coordinator = new FakeCoordinator();
        await using var world = await LockFixture.StartAsync(coordinator);
        var lateAttempt = AnswerTheFirstAttemptLate(coordinator, world);

        await using var handle = await world.Client.TryAcquireAsync(LockFixture.Key, FourSeconds);

        Assert.NotNull(handle);
        Assert.True(handle.IsHeld);
        await coordinator.ComesAsync<CancelAcquire>();
        Assert.Equal(lateAttempt(), Assert.Single(coordinator.All<CancelAcquire>()).AcquireId);
    }

    [Fact]
    public async Task AGrantOnTime_IsNotGivenBack()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = asked => coordinator.Grant(asked);
        await using var world = await LockFixture.StartAsync(coordinator);

        await using (await world.Client.TryAcquireAsync(LockFixture.Key, FourSeconds))
            Assert.Empty(coordinator.All<CancelAcquire>());

        Assert.Single(coordinator.All<AcquireLock>());
        Assert.Empty(coordinator.All<CancelAcquire>());
    }

    [Fact]
    public async Task TryAcquire_Throws_WhenEveryGrantIsOverOnArrival()
    {
        var coordinator = new FakeCoordinator();
        await using var world = await LockFixture.StartAsync(coordinator);
        AnswerLate(coordinator, world);

        await Assert.ThrowsAsync<LockUnavailableException>(() => world.Client.TryAcquireAsync(LockFixture.Key, FourSeconds));

        Assert.True(coordinator.All<AcquireLock>().Select(asked => asked.AcquireId).Distinct().Count() > 1);
    }

    [Fact]
    public async Task AcquireLock_NeverAnswersTrue_WithoutALock()
    {
        var coordinator = new FakeCoordinator();
        await using var world = await LockFixture.StartAsync(coordinator);
        AnswerLate(coordinator, world);

        await Assert.ThrowsAsync<LockUnavailableException>(() => world.DistributedLock.AcquireLockAsync(LockFixture.Key, Lease));
    }

    [Fact]
    public async Task Run_NeverRunsItsAction_WithoutALock()
    {
        var coordinator = new FakeCoordinator();
        await using var world = await LockFixture.StartAsync(coordinator);
        AnswerLate(coordinator, world);
        var hasRun = false;

        await Assert.ThrowsAsync<LockUnavailableException>(() => world.Client.RunAsync(
            LockFixture.Key,
            _ =>
            {
                hasRun = true;
                return Task.CompletedTask;
            },
            FourSeconds));

        Assert.False(hasRun);
    }

    [Fact]
    public async Task AWaiter_WhoseConfirmationIsAnsweredTooLate_AsksAnew()
    {
        var coordinator = new FakeCoordinator();
        await using var world = await LockFixture.StartAsync(coordinator);
        var attempts = new HashSet<Guid>();
        coordinator.OnAcquire = asked =>
        {
            attempts.Add(asked.AcquireId);

            // Shorter than what was asked for: a grant out of the line, to be confirmed.
            return coordinator.Grant(asked, attempts.Count == 1 ? Lease / 2 : null);
        };
        RenewLate(coordinator, world);
        var kept = FourSeconds with { HoldUntilExpiry = true };

        var handle = await world.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(1), kept);

        Assert.True(handle.IsHeld);
        Assert.Equal(2, attempts.Count);
    }

    [Fact]
    public async Task AMemberOfARun_WhoseRenewalIsAnsweredTooLate_AsksAnew()
    {
        var coordinator = new FakeCoordinator();
        await using var world = await LockFixture.StartAsync(coordinator);
        var attempts = new HashSet<Guid>();
        coordinator.OnAcquire = asked =>
        {
            if (!attempts.Add(asked.AcquireId))
                return null;
            if (attempts.Count > 1)
                return coordinator.Grant(asked);

            // Most of the window is used up when it arrives, so it is renewed before anything else.
            world.Time.Advance(Lease / 3);
            return coordinator.Grant(asked, Lease / 2) with { Cohort = [new CohortMember(Guid.CreateVersion7(), 99)] };
        };
        RenewLate(coordinator, world);

        var handle = await world.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(1), FourSeconds);

        Assert.True(handle.IsHeld);
        Assert.Equal(2, attempts.Count);
    }

    [Fact]
    public async Task ASharedLease_WhoseGrantIsOverOnArrival_IsRefused_AndRevoked()
    {
        var coordinator = new FakeCoordinator();
        await using var world = await LockFixture.StartAsync(coordinator);
        coordinator.OnGrantLease = grant =>
        {
            world.Time.Advance(Outage);
            return new LeaseGranted(grant.LeaseId, grant.Ttl);
        };

        await Assert.ThrowsAsync<LockUnavailableException>(() => world.Client.Leases.GrantAsync(Lease));

        await coordinator.ComesAsync<RevokeLease>();
    }

    /// <summary>The first attempt is answered when its lease is over; a later one at once.</summary>
    /// <returns>Which attempt was the first.</returns>
    private static Func<Guid?> AnswerTheFirstAttemptLate(FakeCoordinator coordinator, LockFixture world)
    {
        Guid? late = null;
        coordinator.OnAcquire = asked =>
        {
            if (late == asked.AcquireId)
                return null;
            if (late is null)
            {
                late = asked.AcquireId;
                world.Time.Advance(Outage);
            }

            return coordinator.Grant(asked);
        };
        return () => late;
    }

    /// <summary>Every attempt is answered when its lease is over; its copies, which the client sends meanwhile, are not.</summary>
    private static void AnswerLate(FakeCoordinator coordinator, LockFixture world)
    {
        var attempts = new HashSet<Guid>();
        coordinator.OnAcquire = asked =>
        {
            if (!attempts.Add(asked.AcquireId))
                return null;
            world.Time.Advance(Outage);
            return coordinator.Grant(asked);
        };
    }

    /// <summary>The first renewal is answered when the lease that it is for is over.</summary>
    private static void RenewLate(FakeCoordinator coordinator, LockFixture world)
    {
        var isLate = true;
        coordinator.OnRenew = renew =>
        {
            if (isLate)
            {
                isLate = false;
                world.Time.Advance(Outage);
            }

            return new LockRenewed(renew.Key, 1, renew.Lease);
        };
    }
}
