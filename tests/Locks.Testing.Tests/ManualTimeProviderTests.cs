using Locks.TestKit;
using Xunit;

namespace Locks.Testing.Tests;

/// <summary>The time that other tests move: it must behave as the system's does, or they prove nothing.</summary>
public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Time_StandsStill_UntilItIsMoved()
    {
        var (now, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());

        Assert.Equal((now, stamp), (_time.GetUtcNow(), _time.GetTimestamp()));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((now.AddTicks(1), TimeSpan.FromTicks(1)), (_time.GetUtcNow(), _time.GetElapsedTime(stamp)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void TheWallClock_Jumps_AndTheMonotonicOneDoesNot()
    {
        using var timer = Timer("a", 1);

        _time.JumpWallClock(TimeSpan.FromHours(-1));

        Assert.Equal(_time.Start.AddHours(-1), _time.GetUtcNow());
        Assert.Equal(0, _time.GetTimestamp());
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a at 1"], _fired);
    }

    [Fact]
    public void ASuspension_TakesTheWallClockOn_AndNothingElse()
    {
        using var timer = Timer("a", 1);

        _time.Suspend(TimeSpan.FromHours(8));

        Assert.Equal(_time.Start.AddHours(8), _time.GetUtcNow());
        Assert.Equal(0, _time.GetTimestamp());
        Assert.Empty(_fired);
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.Suspend(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void Timers_FireInTheOrderInWhichTheyAreDue_EachAtItsMoment()
    {
        using var b = Timer("b", 2);
        using var c = Timer("c", 3);
        using var a = Timer("a", 1);
        using var alsoB = Timer("also b", 2);
        Assert.Equal([1, 2, 2, 3], _time.Timers.Select(timer => timer.TotalSeconds));

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["a at 1", "b at 2", "also b at 2", "c at 3"], _fired);
        Assert.Equal(_time.Start.AddSeconds(10), _time.GetUtcNow());
        Assert.Empty(_time.Timers);
    }

    [Fact]
    public void APeriod_FiresAgainAndAgain_InStepWithOthers()
    {
        using var once = Timer("once", 2.5);
        using var often = Timer("often", 1, period: 1);

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["often at 1", "often at 2", "once at 2.5", "often at 3"], _fired);
    }

    [Fact]
    public void ATimerThatIsSetWhileTimePasses_FiresInTheSameAdvance()
    {
        using var chain = _time.CreateTimer(_ => Record("never"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ITimer? next = null;
        using var first = _time.CreateTimer(_ => next = Timer("next", 1), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["next at 2"], _fired);
        next!.Dispose();
    }

    [Fact]
    public void Change_SetsAnew_AndDisposeEnds()
    {
        var timer = Timer("a", 1);
        Assert.True(timer.Change(TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(_fired);
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(_fired);

        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Empty(_fired);
        Assert.False(timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan));
        Assert.Empty(_time.Timers);
    }

    [Fact]
    public async Task ATimerThatIsDueNow_FiresAtOnce_OnAnotherThread()
    {
        var fired = new TaskCompletionSource<int>();
        var gate = new Lock();
        ITimer timer;
        lock (gate)
        {
            // As code does that sets a timer under its own lock.
            timer = _time.CreateTimer(
                _ =>
                {
                    lock (gate)
                        fired.TrySetResult(Environment.CurrentManagedThreadId);
                },
                null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            Assert.False(fired.Task.IsCompleted);
        }

        await fired.Task.Within();
        await timer.DisposeAsync();
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(4_294_967_295d)]
    public void WhatTheSystemsTimersRefuse_IsRefused(double milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);

        Assert.Throws<ArgumentOutOfRangeException>(() => TimeProvider.System.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task TheFrameworksOwnWaits_WorkOnIt()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
        var delay = Task.Delay(TimeSpan.FromSeconds(1), _time, TestContext.Current.CancellationToken);
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        var tick = ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(1));
        await delay.Within();
        Assert.True(await tick);
        Assert.False(source.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(source.IsCancellationRequested);
    }

    private ITimer Timer(string name, double seconds, double? period = null) => _time.CreateTimer(
        _ => Record(name),
        null,
        TimeSpan.FromSeconds(seconds),
        period is { } known ? TimeSpan.FromSeconds(known) : Timeout.InfiniteTimeSpan);

    private void Record(string name) =>
        _fired.Add(FormattableString.Invariant($"{name} at {_time.GetElapsedTime(0).TotalSeconds}"));
}
