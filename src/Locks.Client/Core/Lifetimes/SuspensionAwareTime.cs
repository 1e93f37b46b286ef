using Locks.Transport;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// A clock whose timestamps and timers count the time during which the machine was suspended. The coordinator's clock went on meanwhile, so
/// a lease that is counted without it would seem to be held when the lock belongs to another owner.
/// </summary>
/// <remarks>
/// Suspension shows as a leap of the wall clock. A wall clock that is set forward looks the same, and ends leases early; one that is set
/// back changes nothing.
/// </remarks>
internal sealed class SuspensionAwareTime : TimeProvider
{
    /// <summary>How soon after a suspension timers that have become due fire, also when no caller looks at the clock.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly WallClockLeaps _leaps;
    private readonly Lock _gate = new();
    private readonly HashSet<CountingTimer> _set = [];
    private readonly ITimer _look;

    /// <param name="time">The clock that stands while the machine is suspended.</param>
    public SuspensionAwareTime(TimeProvider time)
    {
        _time = time;
        _leaps = new WallClockLeaps(time);

        // On the system's clock: a look is about the machine, and too many of them change nothing.
        _look = DetachedContext.CreateTimer(System, static clock => ((SuspensionAwareTime)clock!).GetTimestamp(), this);
    }

    public override TimeZoneInfo LocalTimeZone => _time.LocalTimeZone;

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override long GetTimestamp()
    {
        var leap = _leaps.Look(out var timestamp);
        var now = timestamp + ToTimestamps(new TimeSpan(_leaps.Total));
        if (leap > TimeSpan.Zero)
            SetTimersAgain(now);
        return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new CountingTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void SetTimersAgain(long now)
    {
        lock (_gate)
        {
            foreach (var timer in _set)
                timer.SetAgain_NeedsGate(now);
        }
    }

    private long ToTimestamps(TimeSpan time) => (long)(time.Ticks * ((double)TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <summary>Looks from time to time as long as a timer is set that would otherwise come too late.</summary>
    private void Keep_NeedsGate(CountingTimer timer, bool isSet)
    {
        if (isSet && _set.Add(timer) && _set.Count == 1)
            _look.Change(LookInterval, LookInterval);
        else if (!isSet && _set.Remove(timer) && _set.Count == 0)
            _look.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private sealed class CountingTimer : ITimer
    {
        // Timers count whole milliseconds.
        private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

        private readonly SuspensionAwareTime _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _timer;
        private TimeSpan _period;
        private long _dueAt;
        private bool _isSet;

        public CountingTimer(SuspensionAwareTime clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _timer = clock._time.CreateTimer(
                static timer => ((CountingTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var now = _clock.GetTimestamp();
            lock (_clock._gate)
            {
                _period = period;
                _isSet = dueTime != Timeout.InfiniteTimeSpan;
                _dueAt = now + _clock.ToTimestamps(dueTime);
                _clock.Keep_NeedsGate(this, dueTime > LookInterval);
                return _timer.Change(dueTime, period);
            }
        }

        /// <summary>Sets the timer to what is left after a suspension.</summary>
        public void SetAgain_NeedsGate(long now)
        {
            var left = _dueAt > now ? _clock.GetElapsedTime(now, _dueAt) : TimeSpan.Zero;
            _timer.Change(left, _period);
        }

        public void Dispose()
        {
            lock (_clock._gate)
            {
                _isSet = false;
                _clock.Keep_NeedsGate(this, isSet: false);
            }

            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            var now = _clock.GetTimestamp();
            lock (_clock._gate)
            {
                // A suspension that is noticed while the timer fires sets it once more.
                if (!_isSet)
                    return;

                // It was set to a later time while it fired, or the machine's timers run a little ahead of its clock.
                if (now < _dueAt)
                {
                    var left = _clock.GetElapsedTime(now, _dueAt);
                    _timer.Change(left > Shortest ? left : Shortest, _period);
                    return;
                }

                if (_period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero)
                {
                    _isSet = false;
                    _clock.Keep_NeedsGate(this, isSet: false);
                }
                else
                {
                    _dueAt += _clock.ToTimestamps(_period);
                }
            }

            _callback(_state);
        }
    }
}
