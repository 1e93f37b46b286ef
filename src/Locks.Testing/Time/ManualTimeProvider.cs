namespace Locks.Testing;

/// <summary>
/// Time that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, in the order in which they are due and each at
/// its own moment; ones that are due at the same moment fire in the order in which they were set. A timer that is due when it is set fires
/// at once on the thread pool, as the system's do.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly Lock _advancing = new();
    private readonly SortedSet<ManualTimer> _set = new(Comparer<ManualTimer>.Create(static (x, y) =>
        x.DueAt.CompareTo(y.DueAt) is var order && order != 0 ? order : x.Turn.CompareTo(y.Turn)));
    private TimeSpan _passed;
    private TimeSpan _wallClockOffset;
    private long _turns;
    private long _changes;

    /// <summary>Starts at the given moment, or at one that is the same in every test.</summary>
    /// <param name="start">The moment. Default: noon of 1 March 2026, UTC.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) => Start = start ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The moment at which this time began.</summary>
    public DateTimeOffset Start { get; }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long it is until each timer that is set, the next one first.</summary>
    public IReadOnlyList<TimeSpan> Timers => TimersExceptOf(null);

    /// <summary>How long it is until the next timer that is set, if one is.</summary>
    internal TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_gate)
                return _set.Min is { } next ? next.DueAt - _passed : null;
        }
    }

    /// <summary>How often a timer was set or called off. A change shows that work goes on.</summary>
    internal long Changes
    {
        get
        {
            lock (_gate)
                return _changes;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return Start + _passed + _wallClockOffset;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
            return _passed.Ticks;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass, and fires the timers that become due, on this thread.</summary>
    /// <param name="time">How much; zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        lock (_advancing)
        {
            TimeSpan end;
            lock (_gate)
                end = _passed + time;

            while (NextDueBy(end) is { } timer)
                timer.Fire();
        }
    }

    /// <summary>How long it is until each timer that is set, the next one first, except those whose callback is given this state.</summary>
    internal IReadOnlyList<TimeSpan> TimersExceptOf(object? state)
    {
        lock (_gate)
            return [.. _set.Where(timer => state is null || timer.State != state).Select(timer => timer.DueAt - _passed)];
    }

    /// <summary>Sets the wall clock, forward or backward, as an administrator or a time server does. No timer notices.</summary>
    /// <param name="by">How far; backward when negative.</param>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_gate)
            _wallClockOffset += by;
    }

    /// <summary>
    /// Suspends the machine: the wall clock goes on, while timestamps and timers stand. The locks' client counts this time, so its leases may
    /// be over afterwards.
    /// </summary>
    /// <param name="time">For how long; zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public void Suspend(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        JumpWallClock(time);
    }

    /// <summary>Moves on to the next timer that is due by then, which is no longer set when this returns; or to the end.</summary>
    private ManualTimer? NextDueBy(TimeSpan end)
    {
        lock (_gate)
        {
            if (_set.Min is not { } timer || timer.DueAt > end)
            {
                _passed = end > _passed ? end : _passed;
                return null;
            }

            _passed = timer.DueAt > _passed ? timer.DueAt : _passed;
            Unset(timer);
            if (timer.Period > TimeSpan.Zero)
                Set(timer, _passed + timer.Period);
            return timer;
        }
    }

    private void Set(ManualTimer timer, TimeSpan dueAt)
    {
        timer.DueAt = dueAt;
        timer.Turn = ++_turns;
        _set.Add(timer);
        _changes++;
    }

    private void Unset(ManualTimer timer)
    {
        _set.Remove(timer);
        _changes++;
    }

    private sealed class ManualTimer(ManualTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private bool _disposed;

        public TimeSpan DueAt { get; set; }

        public long Turn { get; set; }

        public object? State => state;

        public TimeSpan Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ThrowUnlessTimerTakes(dueTime);
            ThrowUnlessTimerTakes(period);
            lock (time._gate)
            {
                if (_disposed)
                    return false;

                time.Unset(this);
                Period = period;
                if (dueTime > TimeSpan.Zero)
                    time.Set(this, time._passed + dueTime);
                else if (dueTime == TimeSpan.Zero && period > TimeSpan.Zero)
                    time.Set(this, time._passed + period);
            }

            if (dueTime == TimeSpan.Zero)
                ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: false);
            return true;
        }

        public void Fire()
        {
            lock (time._gate)
            {
                if (_disposed)
                    return;
            }

            if (_context is null)
                callback(state);
            else
                ExecutionContext.Run(_context, static timer => ((ManualTimer)timer!).Call(), this);
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                _disposed = true;
                time.Unset(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static void ThrowUnlessTimerTakes(TimeSpan time)
        {
            // The limits of the system's timers, so that a test fails where production would.
            if (time != Timeout.InfiniteTimeSpan && (time < TimeSpan.Zero || time.TotalMilliseconds > uint.MaxValue - 1))
                throw new ArgumentOutOfRangeException(nameof(time), time, "A timer takes 0 to about 49 days, or the infinite time.");
        }

        private void Call() => callback(state);
    }
}
