using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A set was acquired key by key: 1,000 free keys took 16 s, a wait of 2 s with one busy key of 100 took 12 s, and a set that waited held
/// its locks for four messages longer than a caller who took the same locks one by one.
/// </summary>
public sealed class SlowSetTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly FakeCoordinator _coordinator = new();

    public SlowSetTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AThousandFreeKeys_AreAskedForTogether_AndReleasedTogether(bool isTry)
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var keys = KeysUpTo(1_000);

        var set = isTry
            ? (await fixture.Client.TryAcquireAllAsync(keys, cancellationToken: Cancellation))!
            : await fixture.Client.AcquireAllAsync(keys, Wait, cancellationToken: Cancellation);
        Assert.Equal(1, _coordinator.Batches);
        Assert.True(await set.ReleaseAsync(Cancellation));

        Assert.Equal(2, _coordinator.Batches);
        Assert.Equal(2_000, _coordinator.Received.Count);
    }

    [Fact]
    public async Task AWaitForOneBusyKeyOfAHundred_EndsWithTheCallersWait_AfterFewMessages()
    {
        const string Busy = "key 0050";
        _coordinator.OnAcquire = acquire => acquire.Key != Busy ? _coordinator.Grant(acquire)
            : acquire.Wait is null ? new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy)
            : new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var waiting = fixture.Client.AcquireAllAsync(KeysUpTo(100), Wait, cancellationToken: Cancellation);
        await _coordinator.ReceivedAsync<ReleaseLock>(49);
        await _coordinator.ReceivedAsync<AcquireLock>(101);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(Wait));
        fixture.Time.Advance(Wait);

        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
        Assert.Equal(Busy, timeout.Key);
        Assert.Equal(99, _coordinator.All<ReleaseLock>().Count());
        Assert.InRange(_coordinator.Batches, 1, 5);
    }

    [Fact]
    public async Task ATryOfABusyKey_NamesItInTheLog()
    {
        _coordinator.OnAcquire = acquire => acquire.Key is "key 0002" or "key 0003"
            ? new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy)
            : _coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.Null(await fixture.Client.TryAcquireAllAsync(KeysUpTo(5), cancellationToken: Cancellation));

        Assert.Contains(fixture.Logs.Lines, line => line.Contains("another owner holds lock key 0002", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ASetThatIsGrantedFromTheQueue_CostsNoMessageMoreThanItsLocksOneByOne()
    {
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire, Window);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var set = await fixture.Client.AcquireAllAsync(["a"], Wait, cancellationToken: Cancellation);
        Assert.True(await set.ReleaseAsync(Cancellation));

        Assert.Collection(
            _coordinator.Received, message => Assert.IsType<AcquireLock>(message), message => Assert.IsType<ReleaseLock>(message));
    }

    [Fact]
    public async Task LocksBehindOneThatIsWaitedFor_AreReleasedAtOnce()
    {
        _coordinator.OnAcquire = acquire => acquire.Key == "a"
            ? new LockQueued(acquire.Key, acquire.AcquireId, 1)
            : _coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var waiting = fixture.Client.AcquireAllAsync(["a", "b", "c"], Wait, cancellationToken: Cancellation);
        await _coordinator.ReceivedAsync<ReleaseLock>(2);

        Assert.False(waiting.IsCompleted);
        Assert.Equal(["b", "c"], _coordinator.All<ReleaseLock>().Select(release => release.Key));
    }

    [Fact]
    public async Task SetsWithTheSameFirstKey_AreGrantedInTheOrderInWhichTheyCame()
    {
        await using var fixture = await LockFixture.StartAsync();
        var holder = (await fixture.Client.TryAcquireAsync("a", cancellationToken: Cancellation))!;
        var first = fixture.Client.AcquireAllAsync(["a", "b"], Wait, cancellationToken: Cancellation);
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync("a") == 1);
        var second = fixture.Client.AcquireAllAsync(["a", "c"], Wait, cancellationToken: Cancellation);
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync("a") == 2 && await fixture.IsFreeAsync("c"));
        Assert.True(await fixture.IsFreeAsync("b"));

        await holder.ReleaseAsync(Cancellation);

        await using var set = await first.Within();
        Assert.False(second.IsCompleted);
        await set.ReleaseAsync(Cancellation);
        await using var other = await second.Within();
        Assert.True(other.FencingTokens["a"] > set.FencingTokens["a"]);
    }

    private static string[] KeysUpTo(int count) => [.. Enumerable.Range(0, count).Select(number => $"key {number:d4}")];
}
