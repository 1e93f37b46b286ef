using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// The broker is away, and half a second of a lease is left: a release took 15 s, and three in a row took 45 s. It waits for what is left of
/// the lease, and not at all once that is over.
/// </summary>
public sealed class ReleaseOutlivesLeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    // By the client's clock the lease ends half a second early.
    private static readonly TimeSpan Counted = TimeSpan.FromSeconds(9.5);
    private static readonly TimeSpan Left = TimeSpan.FromMilliseconds(500);

    private readonly FakeCoordinator _coordinator = new()
    {
        OnRelease = _ => null,
        OnRevokeLease = _ => null,
    };

    public ReleaseOutlivesLeaseTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AReleaseThatIsNotAnswered_EndsWithTheLease()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        fixture.Time.Advance(Counted - Left);

        var releasing = handle.ReleaseAsync(Cancellation);
        await _coordinator.ReceivedAsync<ReleaseLock>();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(Left));
        fixture.Time.Advance(Left - TimeSpan.FromMilliseconds(1));
        Assert.False(releasing.IsCompleted);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAsync<LockUnavailableException>(() => releasing.Within());
        Assert.Equal(LockHandleState.Unknown, handle.State);
        Assert.False(await handle.ReleaseAsync(Cancellation).Within());
    }

    [Fact]
    public async Task ALockWhoseLeaseIsOver_IsReleasedWithoutWaiting_AndNotSaidToHaveBeenHeld()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        fixture.Time.Advance(Counted);

        Assert.False(await handle.ReleaseAsync(Cancellation).Within());
        await handle.DisposeAsync().AsTask().Within();

        // At the coordinator the lease may last a moment longer.
        await _coordinator.ReceivedAsync<ReleaseLock>();
    }

    [Fact]
    public async Task ManyLocks_AreDisposedOfInTheTimeThatIsLeft_OneAfterTheOther()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handles = new List<ILockHandle>();
        for (var index = 0; index < 3; index++)
            handles.Add((await fixture.Client.TryAcquireAsync($"lock {index}", Lease, Cancellation))!);
        fixture.Time.Advance(Counted - Left);

        var disposing = Task.Run(
            async () =>
            {
                foreach (var handle in handles)
                    await handle.DisposeAsync();
            },
            Cancellation);
        await _coordinator.ReceivedAsync<ReleaseLock>();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(Left));
        fixture.Time.Advance(Left);

        await disposing.Within();
    }

    [Fact]
    public async Task ASetWhoseReleaseIsNotAnswered_EndsWithItsLease()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var set = (await fixture.Client.TryAcquireAllAsync(["a", "b"], new LockOptions { Lease = Lease }, Cancellation))!;
        fixture.Time.Advance(Counted - Left);

        var disposing = set.DisposeAsync().AsTask();
        await _coordinator.ReceivedAsync<ReleaseLock>(2);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(Left));
        fixture.Time.Advance(Left);

        await disposing.Within();
    }

    [Fact]
    public async Task ALeaseThatIsOver_IsRevokedWithoutWaiting()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Lease, Cancellation);
        fixture.Time.Advance(Counted);

        Assert.False(lease.IsAlive);
        await lease.DisposeAsync().AsTask().Within();
    }
}
