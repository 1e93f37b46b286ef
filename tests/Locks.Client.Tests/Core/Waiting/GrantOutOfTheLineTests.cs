using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Waiting;

/// <summary>Who waited in line is granted for the confirmation window; when that will do to begin with, the rest is asked for meanwhile.</summary>
public sealed class GrantOutOfTheLineTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly FakeCoordinator _coordinator = new() { OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1) };
    private LockFixture? _world;

    private LockFixture World => _world!;

    public async ValueTask InitializeAsync() => _world = await LockFixture.StartAsync(_coordinator);

    public ValueTask DisposeAsync() => World.DisposeAsync();

    [Fact]
    public async Task AShortHold_NeedsNoConfirmation()
    {
        var handle = await GrantedAsync(Lease);

        World.Time.Advance(Window / 20 - Moment);
        Assert.True(await handle.ReleaseAsync());
        World.Time.Advance(Wait);

        Assert.Empty(_coordinator.All<RenewLock>());
        Assert.Equal("token 1", Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ALongerHold_IsConfirmedAfterATwentiethOfTheWindow_AndWarnsOfNothing(bool autoRenew)
    {
        var handle = await GrantedAsync(new LockOptions { Lease = Lease, AutoRenew = autoRenew }, after: TimeSpan.FromSeconds(4.5));
        var risk = handle.AtRisk;

        World.Time.Advance(Window / 20);
        await _coordinator.ComesAsync<RenewLock>();

        Assert.Equal(Lease, Assert.Single(_coordinator.All<RenewLock>()).Lease);
        // Without automatic renewal, what there is in the end is the lease, from when its holder had the lock.
        var (left, untilRisk) = (Lease - Window / 20 - Margin, LockFixture.UntilRisk(Lease));
        await Eventually.HoldsAsync(() => World.Time.Timers.Contains(autoRenew ? untilRisk : untilRisk - Window / 20));
        Assert.False(risk.IsCancellationRequested);
        Assert.Equal(LockHandleState.Held, handle.State);
        if (autoRenew)
            return;
        World.Time.Advance(left - Moment);
        Assert.True(handle.IsHeld);
        World.Time.Advance(Moment);
        Assert.False(handle.IsHeld);
        Assert.Equal(LockLossReason.Expired, handle.Loss!.Reason);
    }

    [Fact]
    public async Task TheWindow_CountsFromBeforeTheRequestWasSent_AndIsOverAMarginEarly()
    {
        _coordinator.OnRenew = _ => null;
        var handle = await GrantedAsync(Lease, after: TimeSpan.FromSeconds(3));

        World.Time.Advance(Window - TimeSpan.FromSeconds(3) - Margin - Moment);
        Assert.Equal(LockHandleState.AtRisk, handle.State);
        World.Time.Advance(Moment);

        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.CoordinatorUnreachable)), (handle.State, handle.Loss));
        await Eventually.FiresAsync(handle.Lost);
    }

    [Fact]
    public async Task AConfirmationThatIsRefused_IsALoss()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.Superseded);
        var handle = await GrantedAsync(Lease);

        World.Time.Advance(Window / 20);

        await Eventually.FiresAsync(handle.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Superseded), handle.Loss);
    }

    [Fact]
    public async Task AShortLease_OfWhichThereIsNearlyAll_NeedsNoConfirmation()
    {
        var lease = TimeSpan.FromSeconds(5);
        var handle = await GrantedAsync(lease, after: TimeSpan.FromSeconds(0.2));

        World.Time.Advance(TimeSpan.FromSeconds(4.299));
        Assert.True(handle.IsHeld);
        World.Time.Advance(Moment);

        Assert.False(handle.IsHeld);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task AShortLease_OfWhichAPartIsGone_IsBroughtToItsLength()
    {
        var lease = TimeSpan.FromSeconds(5);
        var handle = await GrantedAsync(lease, after: TimeSpan.FromSeconds(1));

        World.Time.Advance(lease / 20);
        await _coordinator.ComesAsync<RenewLock>();
        await Eventually.HoldsAsync(() => World.Time.Timers.Contains(LockFixture.UntilRisk(lease) - lease / 20));
        World.Time.Advance(lease * 0.95 - Margin - Moment);
        Assert.True(handle.IsHeld);
        World.Time.Advance(Moment);
        Assert.False(handle.IsHeld);
    }

    [Fact]
    public async Task WhoWantsToKeepTheLock_OrToBeWarnedEarly_HasItWhenItIsConfirmed()
    {
        LockOptions[] cases =
        [
            new() { Lease = Lease, HoldAtLeast = TimeSpan.FromSeconds(20) },
            new() { Lease = Lease, HoldUntilExpiry = true },
            new() { Lease = Lease, AtRiskAfter = 0.1 },
        ];
        foreach (var how in cases)
        {
            var before = _coordinator.All<RenewLock>().Count();
            var handle = await GrantedAsync(how);
            Assert.Equal(before + 1, _coordinator.All<RenewLock>().Count());
            Assert.Equal(LockHandleState.Held, handle.State);
        }
    }

    /// <summary>A caller waits in line, and is granted the lock for the window after a while.</summary>
    private async Task<ILockHandle> GrantedAsync(LockOptions how, TimeSpan after = default)
    {
        var before = _coordinator.All<AcquireLock>().Count();
        var waiting = World.Client.AcquireAsync(LockFixture.Key, Wait, how, CancellationToken.None);
        await _coordinator.ComesAsync<AcquireLock>(before + 1);
        World.Time.Advance(after);

        var asked = _coordinator.All<AcquireLock>().Last();
        await _coordinator.SayAsync(World, _coordinator.Grant(asked, asked.Lease < Window ? asked.Lease : Window));
        return await waiting.Within();
    }
}
