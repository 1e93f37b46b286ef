using System.Collections.Concurrent;

namespace Locks.Client.Requests;

/// <summary>
/// Timers that serve one request after the other: nearly all are called off before they go off, and making one costs more than setting it.
/// </summary>
internal sealed class TimerPool(TimeProvider time)
{
    private const int MostIdle = 1_024;

    private readonly ConcurrentQueue<PooledTimer> _idle = new();

    /// <summary>An alarm that is not set yet, for as long as it is not disposed of. It may go off once too often.</summary>
    public PooledTimer Take(PendingRequest request)
    {
        if (!_idle.TryDequeue(out var alarm))
            alarm = new PooledTimer(this, time);
        alarm.Request = request;
        return alarm;
    }

    private bool TryKeep(PooledTimer alarm)
    {
        if (_idle.Count >= MostIdle)
            return false;
        _idle.Enqueue(alarm);
        return true;
    }

    /// <summary>Wakes a request.</summary>
    internal sealed class PooledTimer : IDisposable
    {
        private readonly TimerPool _owner;
        private readonly ITimer _timer;

        public PooledTimer(TimerPool owner, TimeProvider time)
        {
            _owner = owner;
            // Whose context it is made in does not matter, and is not to be kept: the alarm is not theirs for long.
            AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
            _timer = time.CreateTimer(
                static alarm => ((PooledTimer)alarm!).Request?.Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            flow?.Undo();
        }

        /// <summary>Whom to wake.</summary>
        public PendingRequest? Request { get; set; }

        public void Set(TimeSpan after) => _timer.Change(after, Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            Request = null;
            Set(Timeout.InfiniteTimeSpan);
            if (!_owner.TryKeep(this))
                _timer.Dispose();
        }
    }
}
