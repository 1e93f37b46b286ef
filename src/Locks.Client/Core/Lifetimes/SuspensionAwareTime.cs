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
    private readonly double _timestampsPerTick;
    private readonly WallClockLeaps _leaps;
    private readonly Lock _gate = new();
    private readonly LinkedList<CountingTimer> _timers = [];
    private readonly Lock _lookGate = new();
    private readonly ITimer _look;
    private int _watched;
    private volatile bool _isLooking;

    /// <param name="time">The clock that stands while the machine is suspended.</param>
    /// <param name="looks">The clock of the looks. Default: the system's, since a look is about the machine and too many change nothing.</param>
    public SuspensionAwareTime(TimeProvider time, TimeProvider? looks = null)
    {
        _time = time;
        _timestampsPerTick = (double)time.TimestampFrequency / TimeSpan.TicksPerSecond;
        _leaps = new WallClockLeaps(time);
        _look = DetachedContext.CreateTimer(looks ?? System, static clock => ((SuspensionAwareTime)clock!).Look(), this);
    }

    public override TimeZoneInfo LocalTimeZone => _time.LocalTimeZone;

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override long GetTimestamp()
    {
        var leap = _leaps.Look(out var timestamp);
        var now = Counting(timestamp, _leaps.Total);
        if (leap > TimeSpan.Zero)
            SetTimersAgain(now);
        return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new CountingTimer(this, callback, state);
        Add(timer);
        if (dueTime != Timeout.InfiniteTimeSpan)
            timer.Change(dueTime, period);
        return timer;
    }

    private long Counting(long timestamp, long leaps) => leaps == 0 ? timestamp : timestamp + ToTimestamps(leaps);

    private long ToTimestamps(long ticks) => (long)(ticks * _timestampsPerTick);

    private void SetTimersAgain(long now)
    {
        lock (_gate)
        {
            foreach (var timer in _timers)
                timer.SetAgain(now);
        }
    }

    private void Add(CountingTimer timer)
    {
        lock (_gate)
            _timers.AddLast(timer.Place);
    }

    private void Remove(CountingTimer timer)
    {
        lock (_gate)
        {
            // It may be disposed of twice.
            if (timer.Place.List is not null)
                _timers.Remove(timer.Place);
        }
    }

    /// <summary>A timer is set that would come too late after a suspension. Looks go on for as long as there is one.</summary>
    private void Watch()
    {
        Interlocked.Increment(ref _watched);
        if (_isLooking)
            return;

        lock (_lookGate)
            SetLooking_NeedsGate(true);
    }

    private void Unwatch() => Interlocked.Decrement(ref _watched);

    private void Look()
    {
        GetTimestamp();
        if (Volatile.Read(ref _watched) > 0)
            return;

        lock (_lookGate)
        {
            SetLooking_NeedsGate(false);

            // A timer that was set meanwhile may have seen that looks still went on.
            Interlocked.MemoryBarrier();
            if (_watched > 0)
                SetLooking_NeedsGate(true);
        }
    }

    private void SetLooking_NeedsGate(bool value)
    {
        if (_isLooking == value)
            return;

        _isLooking = value;
        var interval = value ? LookInterval : Timeout.InfiniteTimeSpan;
        _look.Change(interval, interval);
    }

    /// <summary>
    /// A timer has a gate of its own: nearly all are set and called off before they fire, by as many threads as there are callers. Where
    /// several gates are needed, that of the clock comes first, and that of the looks last.
    /// </summary>
    private sealed class CountingTimer : ITimer
    {
        // Timers count whole milliseconds.
        private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

        private readonly SuspensionAwareTime _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _timer;
        private readonly Lock _gate = new();
        private TimeSpan _period;
        private long _dueAt;
        private bool _isSet;
        private bool _isWatched;
        private bool _isDisposed;

        public CountingTimer(SuspensionAwareTime clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            Place = new LinkedListNode<CountingTimer>(this);
            _timer = clock._time.CreateTimer(
                static timer => ((CountingTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        /// <summary>Its place in the list of the clock's timers, which holds those that are not disposed of.</summary>
        public LinkedListNode<CountingTimer> Place { get; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
                return CallOff();

            var leaps = _clock._leaps.Total;
            var now = _clock.GetTimestamp();
            lock (_gate)
            {
                if (_isDisposed)
                    return false;

                (_isSet, _period) = (true, period);
                _dueAt = now + _clock.ToTimestamps(dueTime.Ticks);
                SetWatched_NeedsGate(dueTime > LookInterval);
                var isChanged = _timer.Change(dueTime, period);

                // A suspension that was noticed meanwhile may have been too early to set this timer again.
                if (_clock._leaps.Total is var total && total != leaps)
                    SetAgain_NeedsGate(_clock.Counting(_clock._time.GetTimestamp(), total));
                return isChanged;
            }
        }

        /// <summary>Sets the timer to what is left after a suspension.</summary>
        public void SetAgain(long now)
        {
            lock (_gate)
            {
                if (_isSet)
                    SetAgain_NeedsGate(now);
            }
        }

        public void Dispose()
        {
            _clock.Remove(this);
            lock (_gate)
            {
                _isDisposed = true;
                CallOff_NeedsGate();
            }

            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private bool CallOff()
        {
            lock (_gate)
            {
                CallOff_NeedsGate();
                return _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        private void CallOff_NeedsGate()
        {
            _isSet = false;
            SetWatched_NeedsGate(false);
        }

        private void SetAgain_NeedsGate(long now)
        {
            var left = _dueAt > now ? _clock.GetElapsedTime(now, _dueAt) : TimeSpan.Zero;
            _timer.Change(left, _period);
        }

        private void SetWatched_NeedsGate(bool value)
        {
            if (_isWatched == value)
                return;

            _isWatched = value;
            if (value)
                _clock.Watch();
            else
                _clock.Unwatch();
        }

        private void Fire()
        {
            var now = _clock.GetTimestamp();
            lock (_gate)
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
                    CallOff_NeedsGate();
                else
                    _dueAt += _clock.ToTimestamps(_period.Ticks);
            }

            _callback(_state);
        }
    }
}
