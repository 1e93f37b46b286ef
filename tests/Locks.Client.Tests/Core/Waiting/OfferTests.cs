using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Waiting;

/// <summary>
/// A caller out of the queue is offered the lock for the confirmation window. When the window is enough to start with, the client confirms
/// the offer meanwhile.
/// </summary>
public sealed class OfferTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly FakeCoordinator _coordinator = new() { OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1) };
    private LockFixture? _fixture;

    private LockFixture Fixture => _fixture!;

    public async ValueTask InitializeAsync() => _fixture = await LockFixture.StartAsync(_coordinator);

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();

    [Fact]
    public async Task AShortHold_NeedsNoConfirmation()
    {
        var handle = await GrantedAsync(Lease);

        Fixture.Time.Advance(Window / 20 - Moment);
        Assert.True(await handle.ReleaseAsync());
        Fixture.Time.Advance(Wait);

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

        Fixture.Time.Advance(Window / 20);
        await _coordinator.ReceivedAsync<RenewLock>();

        Assert.Equal(Lease, Assert.Single(_coordinator.All<RenewLock>()).Lease);
        // Without automatic renewal, what there is in the end is the lease, from when its holder had the lock.
        var (left, untilRisk) = (Lease - Window / 20 - Margin, LockFixture.TimeUntilAtRisk(Lease));
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Contains(autoRenew ? untilRisk : untilRisk - Window / 20));
        Assert.False(risk.IsCancellationRequested);
        Assert.Equal(LockHandleState.Held, handle.State);
        if (autoRenew)
            return;
        Fixture.Time.Advance(left - Moment);
        Assert.True(handle.IsHeld);
        Fixture.Time.Advance(Moment);
        Assert.False(handle.IsHeld);
        Assert.Equal(LockLossReason.Expired, handle.Loss!.Reason);
    }

    [Fact]
    public async Task TheWindow_CountsFromBeforeTheRequestWasSent_AndIsOverAMarginEarly()
    {
        _coordinator.OnRenew = _ => null;
        var handle = await GrantedAsync(Lease, after: TimeSpan.FromSeconds(3));

        Fixture.Time.Advance(Window - TimeSpan.FromSeconds(3) - Margin - Moment);
        Assert.Equal(LockHandleState.AtRisk, handle.State);
        Fixture.Time.Advance(Moment);

        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.CoordinatorUnreachable)), (handle.State, handle.Loss));
        await Eventually.FiresAsync(handle.Lost);
    }

    [Fact]
    public async Task AConfirmationThatIsRefused_IsALoss()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.Superseded);
        var handle = await GrantedAsync(Lease);

        Fixture.Time.Advance(Window / 20);

        await Eventually.FiresAsync(handle.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Superseded), handle.Loss);
    }

    [Fact]
    public async Task AShortLease_OfWhichThereIsNearlyAll_NeedsNoConfirmation()
    {
        var lease = TimeSpan.FromSeconds(5);
        var handle = await GrantedAsync(lease, after: TimeSpan.FromSeconds(0.2));

        Fixture.Time.Advance(TimeSpan.FromSeconds(4.299));
        Assert.True(handle.IsHeld);
        Fixture.Time.Advance(Moment);

        Assert.False(handle.IsHeld);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task AShortLease_OfWhichAPartIsGone_IsBroughtToItsLength()
    {
        var lease = TimeSpan.FromSeconds(5);
        var handle = await GrantedAsync(lease, after: TimeSpan.FromSeconds(1));

        Fixture.Time.Advance(lease / 20);
        await _coordinator.ReceivedAsync<RenewLock>();
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Contains(LockFixture.TimeUntilAtRisk(lease) - lease / 20));
        Fixture.Time.Advance(lease * 0.95 - Margin - Moment);
        Assert.True(handle.IsHeld);
        Fixture.Time.Advance(Moment);
        Assert.False(handle.IsHeld);
    }

    [Fact]
    public async Task ALockThatOutlivesItsHandle_OrIsAtRiskEarly_IsHandedOutWhenItIsConfirmed()
    {
        LockOptions[] cases =
        [
            new() { Lease = Lease, HoldAtLeast = TimeSpan.FromSeconds(20) },
            new() { Lease = Lease, HoldUntilExpiry = true },
            new() { Lease = Lease, AtRiskAfter = 0.1 },
        ];
        foreach (var options in cases)
        {
            var before = _coordinator.All<RenewLock>().Count();
            var handle = await GrantedAsync(options);
            Assert.Equal(before + 1, _coordinator.All<RenewLock>().Count());
            Assert.Equal(LockHandleState.Held, handle.State);
        }
    }

    /// <summary>A caller waits in the queue, and is offered the lock for the window after a while.</summary>
    private async Task<ILockHandle> GrantedAsync(LockOptions options, TimeSpan after = default)
    {
        var before = _coordinator.All<AcquireLock>().Count();
        var waiting = Fixture.Client.AcquireAsync(LockFixture.Key, Wait, options, CancellationToken.None);
        await _coordinator.ReceivedAsync<AcquireLock>(before + 1);
        Fixture.Time.Advance(after);

        var acquire = _coordinator.All<AcquireLock>().Last();
        await _coordinator.SendUnaskedAsync(Fixture, _coordinator.Grant(acquire, acquire.Lease < Window ? acquire.Lease : Window));
        return await waiting.Within();
    }
}
