using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Coordinator.Tests.Clocks;

/// <summary>The time is kept known while nothing is committed, and a wall clock that is off is told.</summary>
public sealed class ClockKeeperTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly CapturedLogs _logs = new();
    private readonly CoordinatorMeter _meter = new();
    private readonly LoggerFactory _loggers;
    private readonly FakeStoreTime _store;
    private readonly CoordinatorClock _clock;
    private readonly ClockKeeper _keeper;

    public ClockKeeperTests()
    {
        _loggers = new LoggerFactory([_logs]);
        _store = new FakeStoreTime(_time) { Ahead = TimeSpan.Zero };
        _clock = new CoordinatorClock(_time, _store);
        _keeper = new ClockKeeper(_clock, _meter, _time, _loggers.CreateLogger<ClockKeeper>());
    }

    public async ValueTask DisposeAsync()
    {
        await _keeper.StopAsync(CancellationToken.None);
        _keeper.Dispose();
        _meter.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task AnIdleCoordinator_KeepsReadingTheStoresClock()
    {
        await StartAsync();

        for (var reads = 2; reads < 400; reads++)
            await NextAsync(() => _store.Reads >= reads);

        Assert.True(_clock.IsKnown);
        Assert.True(_clock.Error < TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public async Task AStoreThatIsAway_IsAskedAgain()
    {
        _store.Failure = new LockStoreUnavailableException("The store is away.", new TimeoutException());
        await StartAsync();
        await NextAsync(() => _store.Reads >= 2);
        _store.Failure = null;

        await NextAsync(() => _clock.IsKnown);
    }

    [Fact]
    public async Task AWallClockThatIsMoreThanASecondOff_IsToldOnce_AndWhenItIsRightAgain()
    {
        await StartAsync();
        _time.JumpWallClock(TimeSpan.FromSeconds(20));
        await NextAsync(() => Said("is 20.0 s ahead of the store's"));
        await NextAsync(() => _store.Reads > 3);
        Assert.Single(_logs.Lines, line => line.Contains("ahead of the store's", StringComparison.Ordinal));

        _time.JumpWallClock(TimeSpan.FromSeconds(-20.1));
        await NextAsync(() => Said("is within a second of the store's"));
    }

    [Fact]
    public async Task ACoordinatorWithAClockOfItsOwn_AsksNobody()
    {
        using var keeper = new ClockKeeper(new CoordinatorClock(_time), _meter, _time, _loggers.CreateLogger<ClockKeeper>());

        await keeper.StartAsync(CancellationToken.None);
        await keeper.ExecuteTask!;

        Assert.Empty(_time.Timers);
    }

    private async Task StartAsync()
    {
        await _keeper.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => _store.Reads == 1 && _time.Timers.Count == 1);
    }

    private Task NextAsync(Func<bool> condition)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return Eventually.HoldsAsync(() =>
        {
            if (condition())
                return true;
            _time.Advance(TimeSpan.FromSeconds(0.1));
            return false;
        });
    }

    private bool Said(string text) => _logs.Lines.Any(line => line.Contains(text, StringComparison.Ordinal));
}
