namespace Locks.Simulation.Processes;

/// <summary>
/// The clocks and timers of one process, over the one true time that it does not know: a monotonic clock, which runs at a rate of its own
/// and stands while the machine is suspended, and a wall clock, which runs on then and may be set. Nothing moves by itself: the simulation
/// catches the clocks up with the true time, and fires one timer at a time.
/// </summary>
/// <param name="start">The wall clock's time at the true time zero.</param>
/// <param name="now">The true time at which the process starts.</param>
/// <param name="rate">How fast the clocks run: 1 is right.</param>
internal sealed class SimulatedClock(DateTimeOffset start, TimeSpan now, double rate) : TimeProvider
{
    private readonly SortedSet<Timer> _timers = new(Comparer<Timer>.Create(static (x, y) =>
        x.DueAt.CompareTo(y.DueAt) is var order && order != 0 ? order : x.Turn.CompareTo(y.Turn)));

    private TimeSpan _caughtUpTo = now;
    private TimeSpan _monotonic;
    private TimeSpan _wall = now;
    private long _turns;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The true time at which the next timer is due; absent if none is set.</summary>
    public TimeSpan? NextTimerAt => _timers.Min is { } next ? _caughtUpTo + True(next.DueAt - _monotonic) : null;

    /// <summary>What has passed on the monotonic clock.</summary>
    public TimeSpan Monotonic => _monotonic;

    /// <summary>Whether the machine was suspended, and the process has not looked at its wall clock since.</summary>
    public bool HasUnseenSuspension { get; private set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        HasUnseenSuspension = false;
        return start + _wall;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => _monotonic.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets both clocks run up to the true time.</summary>
    public void CatchUp(TimeSpan now)
    {
        var passed = now - _caughtUpTo;
        if (passed <= TimeSpan.Zero)
            return;

        _monotonic += Shown(passed);
        _wall += Shown(passed);
        _caughtUpTo = now;
    }

    /// <summary>The machine was suspended since it was caught up with: only the wall clock has run.</summary>
    public void CatchUpSuspended(TimeSpan now)
    {
        _wall += Shown(now - _caughtUpTo);
        _caughtUpTo = now;
        HasUnseenSuspension = true;
    }

    /// <summary>Sets the wall clock, forward or backward.</summary>
    public void StepWallClock(TimeSpan by) => _wall += by;

    /// <summary>Fires the timer that is due first, if one is.</summary>
    /// <returns>Whether a timer fired.</returns>
    public bool FireOne()
    {
        if (_timers.Min is not { } timer || timer.DueAt > _monotonic)
            return false;

        timer.Fire();
        return true;
    }

    private TimeSpan Shown(TimeSpan passed) => new((long)(passed.Ticks * rate));

    // Rounded up, so that the clock has come far enough then.
    private TimeSpan True(TimeSpan left) => left <= TimeSpan.Zero ? TimeSpan.Zero : new TimeSpan((long)Math.Ceiling(left.Ticks / rate) + 1);

    private sealed class Timer(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimeSpan _period;
        private bool _isDisposed;

        public TimeSpan DueAt { get; private set; }

        public long Turn { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed)
                return false;

            clock._timers.Remove(this);
            _period = period;
            if (dueTime >= TimeSpan.Zero)
                Set(clock._monotonic + dueTime);
            return true;
        }

        public void Fire()
        {
            clock._timers.Remove(this);
            if (_period > TimeSpan.Zero)
                Set(clock._monotonic + _period);
            if (_context is null)
                callback(state);
            else
                ExecutionContext.Run(_context, static timer => ((Timer)timer!).Call(), this);
        }

        public void Dispose()
        {
            _isDisposed = true;
            clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan dueAt)
        {
            (DueAt, Turn) = (dueAt, ++clock._turns);
            clock._timers.Add(this);
        }

        private void Call() => callback(state);
    }
}
