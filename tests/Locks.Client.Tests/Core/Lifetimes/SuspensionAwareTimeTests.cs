using Locks.Client.Core.Lifetimes;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Lifetimes;

public sealed class SuspensionAwareTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _machine = new();
    private readonly SuspensionAwareTime _time;

    public SuspensionAwareTimeTests() => _time = new SuspensionAwareTime(_machine);

    [Fact]
    public void Timestamps_CountWhatPasses_AwakeAndSuspended()
    {
        var start = _time.GetTimestamp();
        _machine.Advance(2 * Second);
        _machine.Suspend(30 * Second);
        _machine.Advance(3 * Second);

        Assert.Equal(35 * Second, _time.GetElapsedTime(start));
    }

    [Fact]
    public async Task ASuspensionThatAnotherThreadNoticesJustNow_Counts()
    {
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var time = new SuspensionAwareTime(new BlockedTimers(_machine, entered, leave));
        var start = time.GetTimestamp();
        var setting = Task.Run(() => time.CreateTimer(static _ => { }, null, 10 * Second, Timeout.InfiniteTimeSpan));
        entered.Wait(TestContext.Current.CancellationToken);
        _machine.Suspend(30 * Second);
        // It notices the suspension, and waits to set the timers again.
        var notices = new Thread(() => time.GetTimestamp());
        notices.Start();
        await Eventually.HoldsAsync(() => notices.ThreadState.HasFlag(ThreadState.WaitSleepJoin));

        Assert.Equal(30 * Second, time.GetElapsedTime(start));

        leave.Set();
        notices.Join();
        await (await setting).DisposeAsync();
    }

    [Fact]
    public void TheWallClock_IsTheMachines()
    {
        _machine.Suspend(30 * Second);

        Assert.Equal(_machine.GetUtcNow(), _time.GetUtcNow());
    }

    [Fact]
    public void AnAdjustmentBackAndForth_CountsOnce()
    {
        var start = _time.GetTimestamp();
        foreach (var step in (int[])[-20, 5, -10, 30])
        {
            _machine.JumpWallClock(step * Second);
            _ = _time.GetTimestamp();
        }

        Assert.Equal(35 * Second, _time.GetElapsedTime(start));
    }

    [Fact]
    public void TheJitterOfClocks_DoesNotCount()
    {
        var start = _time.GetTimestamp();
        for (var i = 0; i < 1_000; i++)
        {
            _machine.JumpWallClock(TimeSpan.FromMilliseconds(i % 2 == 0 ? 4 : -4));
            _ = _time.GetTimestamp();
        }

        Assert.Equal(TimeSpan.Zero, _time.GetElapsedTime(start));
    }

    [Fact]
    public void AThreadThatLosesItsProcessor_BetweenTheTwoClocks_HasNotSeenALeap()
    {
        var machine = new InterruptedMachine(_machine);
        var time = new SuspensionAwareTime(machine);
        var start = time.GetTimestamp();
        machine.Interruption = 2 * Second;

        Assert.Equal(2 * Second, time.GetElapsedTime(start));
        Assert.Equal(2 * Second, time.GetElapsedTime(start));
    }

    [Fact]
    public async Task Timers_FireSoonAfterASuspension_InWhichTheyBecameDue()
    {
        var fired = 0;
        await using var due = _time.CreateTimer(_ => Interlocked.Increment(ref fired), null, 10 * Second, Timeout.InfiniteTimeSpan);
        await using var later = _time.CreateTimer(_ => Interlocked.Increment(ref fired), null, 50 * Second, Timeout.InfiniteTimeSpan);

        _machine.Suspend(30 * Second);

        await Eventually.HoldsAsync(() => Volatile.Read(ref fired) == 1);
        Assert.Equal([20 * Second], _machine.Timers);
        _machine.Advance(20 * Second);
        Assert.Equal(2, fired);
        Assert.Empty(_machine.Timers);
    }

    [Fact]
    public async Task ATimerThatIsCalledOff_StaysSo()
    {
        var fired = 0;
        var calledOff = _time.CreateTimer(_ => Interlocked.Increment(ref fired), null, 10 * Second, Timeout.InfiniteTimeSpan);
        var disposed = _time.CreateTimer(_ => Interlocked.Increment(ref fired), null, 10 * Second, Timeout.InfiniteTimeSpan);
        calledOff.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await disposed.DisposeAsync();

        _machine.Suspend(30 * Second);
        _ = _time.GetTimestamp();
        _machine.Advance(30 * Second);

        Assert.Equal(0, fired);
        await calledOff.DisposeAsync();
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(10)]
    public async Task ATimerThatIsSetAgainWhileItFires_FiresAtItsNewTime(double seconds)
    {
        var machine = new MachineWithOneTimer(_machine);
        var fired = 0;
        await using var timer = new SuspensionAwareTime(machine).CreateTimer(_ => fired++, null, Second, Timeout.InfiniteTimeSpan);
        _machine.Advance(Second);

        // The machine's timer has gone off, and its callback has not begun.
        timer.Change(seconds * Second, Timeout.InfiniteTimeSpan);
        machine.Fire();

        Assert.Equal(0, fired);
        _machine.Advance(seconds * Second);
        machine.Fire();
        Assert.Equal(1, fired);
    }

    [Fact]
    public async Task ATimerThatTheMachineFiresTooEarly_FiresInTime()
    {
        var machine = new MachineWithOneTimer(_machine);
        var fired = 0;
        await using var timer = new SuspensionAwareTime(machine).CreateTimer(_ => fired++, null, Second, Timeout.InfiniteTimeSpan);
        var early = TimeSpan.FromMicroseconds(300);
        _machine.Advance(Second - early);
        machine.Fire();

        Assert.Equal((0, TimeSpan.FromMilliseconds(1)), (fired, machine.SetTo));
        _machine.Advance(early);
        machine.Fire();
        Assert.Equal(1, fired);
    }

    [Fact]
    public async Task APeriodicTimer_GoesOn()
    {
        var fired = 0;
        await using var timer = _time.CreateTimer(_ => Interlocked.Increment(ref fired), null, 10 * Second, 10 * Second);
        _machine.Advance(10 * Second);
        Assert.Equal(1, fired);

        _machine.Suspend(15 * Second);
        _ = _time.GetTimestamp();
        await Eventually.HoldsAsync(() => Volatile.Read(ref fired) == 2);
        _machine.Advance(10 * Second);

        Assert.Equal(3, fired);
    }

    [Fact]
    public void ThreadsThatLookTogether_CountASuspensionOnce()
    {
        var start = _time.GetTimestamp();
        for (var i = 1; i <= 100; i++)
        {
            _machine.Suspend(Second);
            Parallel.For(0, 8, _ => _time.GetTimestamp());
        }

        Assert.Equal(100 * Second, _time.GetElapsedTime(start));
    }

    /// <summary>Its one timer fires when the test says so.</summary>
    private sealed class MachineWithOneTimer(ManualTimeProvider machine) : TimeProvider, ITimer
    {
        private TimerCallback? _callback;
        private object? _state;

        public TimeSpan SetTo { get; private set; }

        public override long TimestampFrequency => machine.TimestampFrequency;

        public override long GetTimestamp() => machine.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => machine.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state, SetTo) = (callback, state, dueTime);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            SetTo = dueTime;
            return true;
        }

        public void Fire() => _callback!(_state);

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Time passes before the wall clock is read, once.</summary>
    private sealed class InterruptedMachine(ManualTimeProvider machine) : TimeProvider
    {
        public TimeSpan Interruption { get; set; }

        public override long TimestampFrequency => machine.TimestampFrequency;

        public override long GetTimestamp() => machine.GetTimestamp();

        public override DateTimeOffset GetUtcNow()
        {
            machine.Advance(Interruption);
            Interruption = TimeSpan.Zero;
            return machine.GetUtcNow();
        }
    }

    /// <summary>A clock whose timers are not set before the test lets them.</summary>
    private sealed class BlockedTimers(TimeProvider time, ManualResetEventSlim entered, ManualResetEventSlim leave) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new BlockedTimer(time.CreateTimer(callback, state, dueTime, period), entered, leave);
    }

    private sealed class BlockedTimer(ITimer timer, ManualResetEventSlim entered, ManualResetEventSlim leave) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            entered.Set();
            leave.Wait();
            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
