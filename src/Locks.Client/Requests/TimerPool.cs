using System.Collections.Concurrent;
using Locks.Transport;

namespace Locks.Client.Requests;

/// <summary>
/// Reuses timers from one request, or one held lock, to the next: nearly all are stopped before they fire, and creating one costs more than
/// setting it.
/// </summary>
internal sealed class TimerPool(TimeProvider time)
{
    private const int MaxIdle = 1_024;

    private readonly ConcurrentQueue<PooledTimer> _idle = new();

    /// <summary>The clock of the timers.</summary>
    public TimeProvider Time => time;

    /// <summary>
    /// Rents a timer that is not set yet; disposing, once, returns it. It may call once too often, also after it was returned.
    /// </summary>
    public PooledTimer Rent(ITimed timed)
    {
        if (!_idle.TryDequeue(out var timer))
            timer = new PooledTimer(this, time);
        timer.Timed = timed;
        return timer;
    }

    private bool TryReturn(PooledTimer timer)
    {
        if (_idle.Count >= MaxIdle)
            return false;
        _idle.Enqueue(timer);
        return true;
    }

    /// <summary>Calls the one that rents it when its time is up.</summary>
    internal sealed class PooledTimer : IDisposable
    {
        private readonly TimerPool _pool;
        private readonly ITimer _timer;

        public PooledTimer(TimerPool pool, TimeProvider time)
        {
            _pool = pool;
            _timer = DetachedContext.CreateTimer(time, static timer => ((PooledTimer)timer!).Timed?.OnTimer(), this);
        }

        /// <summary>The one that rents the timer.</summary>
        public ITimed? Timed { get; set; }

        public void Set(TimeSpan after) => _timer.Change(after, Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            Timed = null;
            Set(Timeout.InfiniteTimeSpan);
            if (!_pool.TryReturn(this))
                _timer.Dispose();
        }
    }
}
