using System.Collections.Concurrent;
using Locks.Transport;

namespace Locks.Client.Requests;

/// <summary>
/// Reuses timers from one request to the next: nearly all are stopped before they fire, and creating one costs more than setting it.
/// </summary>
internal sealed class TimerPool(TimeProvider time)
{
    private const int MaxIdle = 1_024;

    private readonly ConcurrentQueue<PooledTimer> _idle = new();

    /// <summary>Rents a timer that is not set yet; disposing returns it. It may signal the request once too often.</summary>
    public PooledTimer Rent(PendingRequest request)
    {
        if (!_idle.TryDequeue(out var timer))
            timer = new PooledTimer(this, time);
        timer.Request = request;
        return timer;
    }

    private bool TryReturn(PooledTimer timer)
    {
        if (_idle.Count >= MaxIdle)
            return false;
        _idle.Enqueue(timer);
        return true;
    }

    /// <summary>Signals a request when its time is up.</summary>
    internal sealed class PooledTimer : IDisposable
    {
        private readonly TimerPool _pool;
        private readonly ITimer _timer;

        public PooledTimer(TimerPool pool, TimeProvider time)
        {
            _pool = pool;
            _timer = DetachedContext.CreateTimer(time, static timer => ((PooledTimer)timer!).Request?.Signal(), this);
        }

        /// <summary>The request that the timer signals.</summary>
        public PendingRequest? Request { get; set; }

        public void Set(TimeSpan after) => _timer.Change(after, Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            Request = null;
            Set(Timeout.InfiniteTimeSpan);
            if (!_pool.TryReturn(this))
                _timer.Dispose();
        }
    }
}
