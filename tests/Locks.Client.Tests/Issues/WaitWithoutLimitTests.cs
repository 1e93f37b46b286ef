using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>Waits of zero and without limit were refused, and no wait ended in an answer.</summary>
public sealed class WaitWithoutLimitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeCoordinator _coordinator = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AWaitOfZero_Tries()
    {
        _coordinator.OnAcquire = Busy;
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var one = await Assert.ThrowsAsync<LockTimeoutException>(
            () => fixture.Client.AcquireAsync("a", TimeSpan.Zero, cancellationToken: Cancellation));
        var several = await Assert.ThrowsAsync<LockTimeoutException>(
            () => fixture.Client.AcquireAllAsync(["b", "c"], TimeSpan.Zero, cancellationToken: Cancellation));
        Assert.Null(await fixture.Client.TryAcquireAsync("a", TimeSpan.Zero, options: null, Cancellation));

        Assert.Equal(("a", "b"), (one.Key, several.Key));
        Assert.All(_coordinator.All<AcquireLock>(), acquire => Assert.Null(acquire.Wait));
    }

    [Fact]
    public async Task AWaitThatIsTried_EndsInAnAnswer()
    {
        _coordinator.OnAcquire = acquire => acquire.Wait is null ? Busy(acquire) : new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var one = fixture.Client.TryAcquireAsync("a", Second, options: null, Cancellation);
        var several = fixture.Client.TryAcquireAllAsync(["b", "c"], Second, options: null, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>(3);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count(timer => timer == Second) >= 2);
        fixture.Time.Advance(Second);

        Assert.Null(await one.Within());
        Assert.Null(await several.Within());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AWaitWithoutLimit_GoesOnAfterTheLongestThatOneRequestWaits(bool isSet)
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        Task waiting = isSet
            ? fixture.Client.AcquireAllAsync(["a"], Timeout.InfiniteTimeSpan, cancellationToken: Cancellation)
            : fixture.Client.AcquireAsync("a", Timeout.InfiniteTimeSpan, cancellationToken: Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();
        Assert.Equal(LockLimits.MaxWait, _coordinator.All<AcquireLock>().Single().Wait);

        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
        await _coordinator.SendUnaskedAsync(
            fixture, new LockDenied("a", _coordinator.All<AcquireLock>().Single().AcquireId, DenyReasons.WaitTimedOut));

        await waiting.Within();
        Assert.Equal(2, _coordinator.All<AcquireLock>().Count());
    }

    [Fact]
    public async Task AWaitWithoutLimit_EndsWhenTheCallerGivesUp()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var waiting = fixture.Client.AcquireAllAsync(["a"], Timeout.InfiniteTimeSpan, cancellationToken: giveUp.Token);
        await _coordinator.ReceivedAsync<AcquireLock>();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        await _coordinator.ReceivedAsync<CancelAcquire>();
    }

    private static LockDenied Busy(AcquireLock acquire) => new(acquire.Key, acquire.AcquireId, DenyReasons.Busy);
}
