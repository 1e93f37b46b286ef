using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Diagnostics;

/// <summary>A client measures what its callers see, once each.</summary>
public sealed class ClientMeterTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private readonly FakeCoordinator _coordinator = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnAcquire_IsMeasuredByHowItEnds()
    {
        _coordinator.OnAcquire = acquire => acquire.Key switch
        {
            "free" => _coordinator.Grant(acquire),
            "busy" => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy),
            "full" => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.QueueFull),
            "failing" => throw new InvalidOperationException("a test says so"),
            _ => new LockQueued(acquire.Key, acquire.AcquireId, 1),
        };
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.KeyGroup = key => key[..1]);
        using var metrics = new CapturedMetrics(fixture.ClientMeter.Meter);
        using var giveUp = new CancellationTokenSource();

        await using var held = await fixture.Client.TryAcquireAsync("free", cancellationToken: Cancellation);
        Assert.Null(await fixture.Client.TryAcquireAsync("busy", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<LockRefusedException>(() => fixture.Client.AcquireAsync("full", Wait, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.Client.TryAcquireAsync("failing", cancellationToken: Cancellation));
        var waiting = fixture.Client.TryAcquireAsync("queued", Wait, options: null, giveUp.Token);
        Assert.Null(await fixture.AsTimePassesAsync(waiting, stepMs: 100));
        waiting = fixture.Client.TryAcquireAsync("queued", Wait, options: null, giveUp.Token);
        await _coordinator.ReceivedAsync<AcquireLock>(6);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());

        var measured = metrics.All.Where(measured => measured.Instrument.Name == "locks.client.acquire.duration").ToList();
        Assert.Equal(
            [
                "locks.outcome=granted locks.key_group=f",
                "locks.outcome=busy locks.key_group=b",
                "locks.outcome=refused locks.key_group=f",
                "locks.outcome=unavailable locks.key_group=f",
                "locks.outcome=wait_timed_out locks.key_group=q",
                "locks.outcome=cancelled locks.key_group=q",
            ],
            measured.Select(measured => string.Join(' ', measured.Tags.Select(tag => $"{tag.Key}={tag.Value}"))));
        Assert.InRange(measured[4].Value, Wait.TotalSeconds, Wait.TotalSeconds * 2);
    }

    [Fact]
    public async Task AHoldThatIsReleased_IsMeasured_AndNoLoss()
    {
        await using var fixture = await StartGrantingAsync();
        using var metrics = new CapturedMetrics(fixture.ClientMeter.Meter);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, new LockOptions { Lease = Lease }, Cancellation))!;
        fixture.Time.Advance(TimeSpan.FromSeconds(3));

        await handle.DisposeAsync();
        await handle.DisposeAsync();

        Assert.Equal(["locks.client.hold.duration 3 locks.outcome=released"], metrics.Lines("locks.client.hold", "locks.client.losses"));
    }

    [Fact]
    public async Task ALoss_IsCountedOnce_ThoughTheLockIsReleasedAfterwards()
    {
        await using var fixture = await StartGrantingAsync();
        using var metrics = new CapturedMetrics(fixture.ClientMeter.Meter);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, new LockOptions { Lease = Lease }, Cancellation))!;
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await _coordinator.SendUnaskedAsync(fixture, new LockLost(LockFixture.Key, LossReasons.Revoked, "alice"));
        await Eventually.HoldsAsync(() => handle.Loss is not null);

        await handle.DisposeAsync();

        Assert.Equal(
            ["locks.client.hold.duration 2 locks.outcome=revoked", "locks.client.losses 1 locks.outcome=revoked"],
            metrics.Lines("locks.client.hold", "locks.client.losses"));
    }

    [Fact]
    public async Task ALockThatIsMeantToExpire_IsNoLoss()
    {
        await using var fixture = await StartGrantingAsync();
        using var metrics = new CapturedMetrics(fixture.ClientMeter.Meter);
        var options = new LockOptions { Lease = Lease, HoldUntilExpiry = true };
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, options, Cancellation))!;
        await handle.DisposeAsync();

        fixture.Time.Advance(Lease);
        await Eventually.HoldsAsync(() => metrics.Lines("locks.client.hold").Count > 0);

        Assert.EndsWith("locks.outcome=expired", Assert.Single(metrics.Lines("locks.client.hold")), StringComparison.Ordinal);
        Assert.Empty(metrics.Lines("locks.client.losses"));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task ALateRenewal_IsCounted_WhereTheClientRenews(bool autoRenew, int late)
    {
        _coordinator.OnRenew = _ => null;
        await using var fixture = await StartGrantingAsync();
        using var metrics = new CapturedMetrics(fixture.ClientMeter.Meter);
        var options = new LockOptions { Lease = Lease, AutoRenew = autoRenew };
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, options, Cancellation))!;

        fixture.Time.Advance(LockFixture.TimeUntilAtRisk(Lease));
        await Eventually.HoldsAsync(() => handle.AtRisk.IsCancellationRequested);
        Assert.Equal(LockHandleState.AtRisk, handle.State);

        Assert.Equal(late, metrics.Lines("locks.client.renewals.late").Count);
        GC.KeepAlive(handle);
    }

    private Task<LockFixture> StartGrantingAsync()
    {
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
        return LockFixture.StartAsync(_coordinator);
    }
}
