using Locks.Contracts;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A token that had fired already did not keep a release from being sent, and was thrown by the call of a lease's members instead of by
/// their task. Every member does nothing then, and says so by its task.
/// </summary>
public sealed class CancelledBeforehandTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly CancellationToken Fired = new(canceled: true);

    private readonly FakeCoordinator _coordinator = new();

    public CancelledBeforehandTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARelease_IsNotSent_AndTheLockIsStillHeld()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        var set = (await fixture.Client.TryAcquireAllAsync(["a", "b"], cancellationToken: Cancellation))!;

        await IsCancelledAsync(handle.ReleaseAsync(Fired));
        await IsCancelledAsync(set.ReleaseAsync(Fired));

        Assert.True(handle.IsHeld);
        Assert.True(set.IsHeld);
        Assert.True(await handle.ReleaseAsync(Cancellation));
        Assert.True(await set.ReleaseAsync(Cancellation));
        Assert.Equal([LockFixture.Key, "a", "b"], _coordinator.All<ReleaseLock>().Select(release => release.Key));
    }

    [Fact]
    public async Task AReleaseByKey_IsNotSent_AndCanBeMadeUpFor()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        Assert.True(await fixture.DistributedLock.AcquireLockAsync(LockFixture.Key, Lease, Cancellation));

        await IsCancelledAsync(fixture.DistributedLock.ReleaseLockAsync(LockFixture.Key, Fired));
        Assert.Empty(_coordinator.All<ReleaseLock>());

        await fixture.DistributedLock.ReleaseLockAsync(LockFixture.Key, Cancellation);
        Assert.Single(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task AMemberOfALease_ThrowsByItsTask()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Lease, Cancellation);

        await IsCancelledAsync(fixture.Client.Leases.RenewAsync(lease.Id, Fired));
        await IsCancelledAsync(fixture.Client.Leases.RevokeAsync(lease.Id, Fired));

        Assert.True(lease.IsAlive);
        Assert.Empty(_coordinator.All<RenewLease>());
        Assert.Empty(_coordinator.All<RevokeLease>());
    }

    private static async Task IsCancelledAsync(Task task) => await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
}
