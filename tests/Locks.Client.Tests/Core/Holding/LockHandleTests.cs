using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Holding;

/// <summary>A lock that is held: renewing, losing and releasing it.</summary>
public sealed class LockHandleTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly LockOptions Renewed = new() { Lease = Lease, AutoRenew = true };

    private readonly FakeCoordinator _coordinator = new();

    public LockHandleTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renew_ExtendsTheLease()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        fixture.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.True(await handle.RenewAsync(cancellationToken: Cancellation));
        fixture.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(handle.IsHeld);
        Assert.True(await handle.RenewAsync(TimeSpan.FromMinutes(5), Cancellation));
        fixture.Time.Advance(TimeSpan.FromMinutes(4));

        Assert.True(handle.IsHeld);
        Assert.Equal([Lease, TimeSpan.FromMinutes(5)], _coordinator.All<RenewLock>().Select(renew => renew.Lease));
    }

    [Fact]
    public async Task Renew_OfALockThatIsLost_FiresLost_AndSaysNo()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        Assert.False(await handle.RenewAsync(cancellationToken: Cancellation));

        Assert.True(handle.Lost.IsCancellationRequested);
        Assert.False(handle.IsHeld);
        Assert.False(await handle.RenewAsync(cancellationToken: Cancellation));
        Assert.Single(_coordinator.All<RenewLock>());
    }

    [Theory]
    [InlineData(LossReasons.Expired, LockLossReason.Expired, null)]
    [InlineData(LossReasons.NotHeld, LockLossReason.Expired, null)]
    [InlineData(LossReasons.Superseded, LockLossReason.Superseded, null)]
    [InlineData(LossReasons.Revoked, LockLossReason.Revoked, "the operator")]
    [InlineData(LossReasons.LeaseEnded, LockLossReason.LeaseEnded, "the operator")]
    [InlineData("SomethingNewer", LockLossReason.Expired, null)]
    public async Task ARefusedRenewal_SaysWhyTheLockIsLost(string word, LockLossReason reason, string? by)
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, word, By: "the operator");
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        Assert.Equal((LockHandleState.Held, null), (handle.State, handle.Loss));

        await handle.RenewAsync(cancellationToken: Cancellation);

        Assert.Equal((LockHandleState.Lost, new LockLoss(reason, by)), (handle.State, handle.Loss));
    }

    [Fact]
    public async Task ARevokedLock_IsLostAtOnce_AndSaysByWhom()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation))!;

        await _coordinator.SendUnaskedAsync(
            fixture, new LockLost(LockFixture.Key, LossReasons.Revoked, "the operator", handle.FencingToken));

        await Eventually.FiresAsync(handle.Lost);
        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.Revoked, "the operator")), (handle.State, handle.Loss));
        Assert.False(handle.IsHeld);
        Assert.False(handle.AtRisk.IsCancellationRequested);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
        Assert.False(await handle.ReleaseAsync(Cancellation));
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.Equal(LockHandleState.Lost, handle.State);
    }

    [Fact]
    public async Task ARevocationThatOvertakesItsGrant_IsNotForgotten()
    {
        _coordinator.OnAcquire = _ => null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var trying = fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();

        await _coordinator.SendUnaskedAsync(fixture, new LockLost(LockFixture.Key, LossReasons.Revoked, "the operator", 1));
        await _coordinator.SendUnaskedAsync(fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));

        var handle = (await trying.Within())!;
        await Eventually.FiresAsync(handle.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the operator"), handle.Loss);
    }

    [Fact]
    public async Task ARevocationOfAnotherGrant_DoesNotConcernThisOne()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        await _coordinator.SendUnaskedAsync(fixture, new LockLost(LockFixture.Key, LossReasons.Revoked, "the operator", 77));
        // What follows in the same queue has been dealt with when its effect is seen.
        await _coordinator.SendUnaskedAsync(
            fixture, new LockAcquired("other", LockKey.ToId("a"), "stray", 7, Lease), LockKey.ToId("unknown"));
        await _coordinator.ReceivedAsync<ReleaseLock>();

        Assert.Equal(LockHandleState.Held, handle.State);
    }

    [Fact]
    public async Task State_WarnsBeforeTheLoss_AndARenewalEndsTheRisk()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        var risk = handle.AtRisk;
        fixture.Time.Advance(LockFixture.TimeUntilAtRisk(Lease));
        Assert.Equal(LockHandleState.AtRisk, handle.State);
        Assert.True(handle.IsHeld);
        Assert.True(risk.IsCancellationRequested);

        Assert.True(await handle.RenewAsync(cancellationToken: Cancellation));
        Assert.Equal(LockHandleState.Held, handle.State);
        Assert.False(handle.AtRisk.IsCancellationRequested);

        fixture.Time.Advance(Lease);
        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.Expired)), (handle.State, handle.Loss));
    }

    [Fact]
    public async Task ALock_MayWantItsWarningEarlier()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.AtRiskAfter = 0.9);
        var early = (await fixture.Client.TryAcquireAsync("early", new LockOptions { Lease = Lease, AtRiskAfter = 0.1 }, Cancellation))!;
        var late = (await fixture.Client.TryAcquireAsync("late", Lease, Cancellation))!;

        fixture.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal((LockHandleState.AtRisk, LockHandleState.Held), (early.State, late.State));
        fixture.Time.Advance(TimeSpan.FromSeconds(24));
        Assert.Equal(LockHandleState.AtRisk, late.State);
    }

    [Fact]
    public async Task Renew_WithABadLease_IsRefused_BeforeAnythingIsSent()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        var refusal = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => handle.RenewAsync(TimeSpan.Zero, Cancellation));

        Assert.Contains("Lease is 00:00:00; it must be between", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task Renew_WithoutAnAnswer_LeavesTheLockHeldUntilItsLeaseEnds()
    {
        _coordinator.OnRenew = _ => null;
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.RequestTimeout = TimeSpan.FromSeconds(2));
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        var renewing = handle.RenewAsync(cancellationToken: Cancellation);
        await _coordinator.ReceivedAsync<RenewLock>();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<LockUnavailableException>(() => renewing.Within());
        Assert.True(handle.IsHeld);
        fixture.Time.Advance(TimeSpan.FromSeconds(27.5));
        Assert.True(handle.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Release_DoesNotFireLost_AndIsSentOnce()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        Assert.True(await handle.ReleaseAsync(Cancellation));
        Assert.True(await handle.ReleaseAsync(Cancellation));
        await handle.DisposeAsync();
        handle.Dispose();
        fixture.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.False(handle.IsHeld);
        Assert.False(handle.Lost.IsCancellationRequested);
        Assert.Equal("token 1", Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken);
    }

    [Fact]
    public async Task Release_OfALockThatWasLost_SaysNo()
    {
        _coordinator.OnRelease = release => new LockNotHeld(release.Key);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        Assert.False(await handle.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task Release_ThatIsCalledTwice_ReturnsTheFirstAnswer()
    {
        _coordinator.OnRelease = release => _coordinator.All<ReleaseLock>().Any() ? new LockNotHeld(release.Key) : null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        var released = handle.ReleaseAsync(Cancellation);
        await _coordinator.ReceivedAsync<ReleaseLock>();
        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            return released.IsCompleted;
        });

        Assert.True(await released);
        Assert.InRange(_coordinator.All<ReleaseLock>().Count(), 2, int.MaxValue);
    }

    [Fact]
    public async Task ADisposeWithoutAnAnswer_IsLogged_AndDoesNotThrow()
    {
        _coordinator.OnRelease = _ => throw new InvalidOperationException("the store is away");
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        await handle.DisposeAsync();

        Assert.Contains(
            fixture.Logs.Lines, line => line.Contains("The release of lock orders/42 was not answered", StringComparison.Ordinal));
        Assert.DoesNotContain(fixture.Logs.Lines, line => line.Contains("token 1", StringComparison.Ordinal));
        await Assert.ThrowsAsync<LockUnavailableException>(() => handle.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task AutoRenew_RenewsEveryThirdOfTheLease_UntilTheRelease()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation))!;
        for (var renewals = 1; renewals <= 5; renewals++)
        {
            await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
            fixture.Time.Advance(TimeSpan.FromSeconds(9.999));
            Assert.Equal(renewals - 1, _coordinator.All<RenewLock>().Count());
            fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
            await _coordinator.ReceivedAsync<RenewLock>(renewals);
        }

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        Assert.True(handle.IsHeld);
        Assert.True(await handle.ReleaseAsync(Cancellation));
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
        Assert.Equal(5, _coordinator.All<RenewLock>().Count());
    }

    [Fact]
    public async Task AutoRenew_OfALockThatIsLost_FiresLost_AndStops()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.Expired);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation))!;

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        fixture.Time.Advance(TimeSpan.FromSeconds(10));

        await Eventually.FiresAsync(handle.Lost);
        fixture.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task AutoRenew_WithoutAnswers_LosesTheLockWhenItsLeaseEnds()
    {
        _coordinator.OnRenew = _ => null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation))!;

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await _coordinator.ReceivedAsync<RenewLock>();
        Assert.True(handle.IsHeld);
        fixture.Time.Advance(TimeSpan.FromSeconds(19.5));

        Assert.True(handle.Lost.IsCancellationRequested);
        Assert.Equal(new LockLoss(LockLossReason.CoordinatorUnreachable), handle.Loss);
    }

    [Fact]
    public async Task ARenewalThatItsCallerGaveUp_IsNoSilenceOfTheCoordinator()
    {
        _coordinator.OnRenew = _ => null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        using var giveUp = new CancellationTokenSource();
        var renewing = handle.RenewAsync(cancellationToken: giveUp.Token);
        await _coordinator.ReceivedAsync<RenewLock>();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => renewing.Within());

        fixture.Time.Advance(Lease);

        Assert.Equal(new LockLoss(LockLossReason.Expired), handle.Loss);
    }

    [Fact]
    public async Task AReleaseWithoutAnAnswer_LeavesItUnknown_AndMayBeTriedAgain()
    {
        _coordinator.OnRelease = _ => null;
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.RequestTimeout = TimeSpan.FromSeconds(1));
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;

        var releasing = handle.ReleaseAsync(Cancellation);
        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Equal(LockHandleState.Unknown, handle.State);
        Assert.False(handle.IsHeld);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<LockUnavailableException>(() => releasing.Within());
        Assert.Equal(LockHandleState.Unknown, handle.State);

        _coordinator.OnRelease = release => new LockReleased(release.Key, 1);
        Assert.True(await handle.ReleaseAsync(Cancellation));
        Assert.Equal((LockHandleState.Released, null), (handle.State, handle.Loss));
    }

    [Fact]
    public async Task TheOwnerToken_AndTheAcquireId_AreInNoLogLine()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        await handle.RenewAsync(cancellationToken: Cancellation);
        await handle.ReleaseAsync(Cancellation);

        Assert.NotEmpty(fixture.Logs.Lines);
        string[] secrets = ["token 1", _coordinator.All<AcquireLock>().Single().AcquireId.ToString()];
        Assert.All(secrets, secret => Assert.DoesNotContain(
            fixture.Logs.Lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase)));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, handle.ToString(), StringComparison.OrdinalIgnoreCase));
    }
}
