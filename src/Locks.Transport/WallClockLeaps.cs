namespace Locks.Transport;

/// <summary>
/// Notices when the wall clock leaps ahead of the monotonic clock: the machine was suspended, during which the monotonic clock of most
/// systems stands, or the wall clock was set. The two cannot be told apart. A wall clock that is set back is not a leap.
/// </summary>
/// <remarks>
/// A suspended virtual machine may find both of its clocks where they were; then the leap comes when its wall clock is set right.
/// </remarks>
internal sealed class WallClockLeaps
{
    /// <summary>
    /// What counts as a leap. Less than a tenth of the margin of the shortest leases, and more than what wall clocks are adjusted by within
    /// some seconds. A slow adjustment counts as many small leaps.
    /// </summary>
    public static readonly TimeSpan Smallest = TimeSpan.FromMilliseconds(5);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly double _ticksPerTimestamp;
    private readonly Lock _gate = new();
    private long _ahead;
    private long _total;

    /// <param name="time">The clocks.</param>
    public WallClockLeaps(TimeProvider time)
    {
        _time = time;
        _ticksPerTimestamp = (double)TimeSpan.TicksPerSecond / time.TimestampFrequency;
        _start = time.GetTimestamp();
        _ahead = Ahead(_start);
    }

    /// <summary>
    /// All leaps together, in ticks. Read after a look, it counts every leap before that look, also one that another thread notices just now.
    /// </summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Looks at both clocks.</summary>
    /// <param name="timestamp">The timestamp of the look.</param>
    /// <returns>By how much the wall clock has leaped since the last look; zero if it has not.</returns>
    public TimeSpan Look(out long timestamp)
    {
        timestamp = _time.GetTimestamp();
        var difference = Ahead(timestamp) - Volatile.Read(ref _ahead);
        return Math.Abs(difference) <= Smallest.Ticks ? TimeSpan.Zero : LookClosely(ref timestamp);
    }

    private TimeSpan LookClosely(ref long timestamp)
    {
        lock (_gate)
        {
            // This thread may have lost its processor between the two clocks, so the monotonic one is read before and after the other.
            var before = _time.GetTimestamp();
            var atMost = Ahead(before);
            timestamp = _time.GetTimestamp();
            var atLeast = atMost - _time.GetElapsedTime(before, timestamp).Ticks;
            if (atMost < _ahead - Smallest.Ticks)
            {
                _ahead = atMost;
                return TimeSpan.Zero;
            }

            if (atLeast <= _ahead + Smallest.Ticks)
                return TimeSpan.Zero;

            // The total first: a thread that sees the leap gone sees it counted.
            var leap = atLeast - _ahead;
            Volatile.Write(ref _total, _total + leap);
            Volatile.Write(ref _ahead, atLeast);
            return new TimeSpan(leap);
        }
    }

    /// <summary>How far the wall clock is ahead of the timestamp, in ticks, from any moment that stays the same.</summary>
    private long Ahead(long timestamp)
    {
        var wall = _time.GetUtcNow().UtcTicks;
        return wall - (long)((timestamp - _start) * _ticksPerTimestamp);
    }
}
