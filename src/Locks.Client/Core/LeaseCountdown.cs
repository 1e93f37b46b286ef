using Locks.Client.Requests;

namespace Locks.Client.Core;

/// <summary>
/// The holder's own view of its lease. It starts before the request was sent and ends a margin early, on the monotonic clock, so that it
/// is over here before the coordinator could grant the lock to anybody else (G8).
/// </summary>
internal sealed class LeaseCountdown : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _longestMargin;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _timer;
    private Deadline _end;
    private bool _over;

    public LeaseCountdown(TimeProvider time, TimeSpan longestMargin, Deadline granted)
    {
        _longestMargin = longestMargin;
        _end = LessMargin(granted);
        Lost = _lost.Token;
        _timer = time.CreateTimer(static countdown => ((LeaseCountdown)countdown!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        SetTimer();
    }

    public CancellationToken Lost { get; }

    /// <summary>Looks at the clock, not at the timer: a process that was suspended knows before its timers do.</summary>
    public bool IsRunning
    {
        get
        {
            EndIfDue();
            lock (_gate)
                return !_over;
        }
    }

    /// <summary>The lease was renewed by a request sent at the deadline's start. An older renewal never takes away from a newer one.</summary>
    public void Extend(Deadline renewed)
    {
        var end = LessMargin(renewed);
        lock (_gate)
        {
            if (_over || end.Left <= _end.Left)
                return;
            _end = end;
        }

        SetTimer();
    }

    /// <summary>The lock is lost, whatever the clock says.</summary>
    public void Lose()
    {
        lock (_gate)
        {
            if (_over)
                return;
            _over = true;
        }

        _lost.Cancel();
    }

    /// <summary>The lock was given back: there is nothing left to lose.</summary>
    public void Stop()
    {
        lock (_gate)
            _over = true;
        _timer.Dispose();
    }

    public void Dispose() => Stop();

    private void OnTimer()
    {
        // The lease may have been renewed since the timer was set, and timers may go off early.
        EndIfDue();
        SetTimer();
    }

    private void EndIfDue()
    {
        bool isDue;
        lock (_gate)
            isDue = !_over && _end.HasPassed;

        if (isDue)
            Lose();
    }

    private void SetTimer()
    {
        lock (_gate)
        {
            if (!_over)
                _timer.Change(_end.Left, Timeout.InfiniteTimeSpan);
        }
    }

    private Deadline LessMargin(Deadline lease)
    {
        var fifth = lease.Length / 5;
        return lease with { Length = lease.Length - (fifth < _longestMargin ? fifth : _longestMargin) };
    }
}
