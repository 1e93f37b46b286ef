using System.Collections.Concurrent;

namespace Locks.Dashboard.Tests;

/// <summary>Time that passes as it does, and that a test moves ahead. Timers do not notice, so nothing is due earlier by that.</summary>
internal sealed class MovableTime : TimeProvider
{
    private readonly ConcurrentDictionary<TimeSpan, bool> _periods = new();
    private long _ahead;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _periods[period] = true;
        return System.CreateTimer(callback, state, dueTime, period);
    }

    /// <summary>Whether a timer with this period was made.</summary>
    public bool HasTimer(TimeSpan period) => _periods.ContainsKey(period);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    private TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
}
