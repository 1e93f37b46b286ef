using Locks.Client.Requests;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// The holder's own view of its lease. It starts before the request was sent and ends a margin early, on the monotonic clock, so that it
/// is over here before the coordinator could grant the lock to anybody else (G8).
/// </summary>
internal sealed class LeaseClock : ILifetime, IDisposable
{
    private readonly Lock _gate = new();
    private readonly LeaseTiming _timing;
    private readonly Action<LockLoss>? _onLost;
    private readonly LazyCancellation _lost;
    private readonly ITimer _timer;
    private LazyCancellation _atRisk;
    private Deadline? _end;
    private bool _isOver;
    private bool _isUnanswered;
    private LockLoss? _loss;

    /// <param name="timing">How it is counted.</param>
    /// <param name="granted">The lease, started before the request that it comes from was sent; it may also come later.</param>
    /// <param name="onLost">Called once when the lease is lost, at once and on the thread that finds out.</param>
    public LeaseClock(LeaseTiming timing, Deadline? granted = null, Action<LockLoss>? onLost = null)
    {
        _timing = timing;
        _onLost = onLost;
        _lost = new LazyCancellation(timing.Logger);
        _atRisk = new LazyCancellation(timing.Logger);
        _timer = timing.Time.CreateTimer(
            static clock => ((LeaseClock)clock!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (granted is { } lease)
            Extend(lease);
    }

    public CancellationToken Lost
    {
        get
        {
            DoWhatIsDue();
            return _lost.Token;
        }
    }

    public CancellationToken AtRisk
    {
        get
        {
            lock (_gate)
                return _atRisk.Token;
        }
    }

    public bool IsRunning
    {
        get
        {
            DoWhatIsDue();
            lock (_gate)
                return !_isOver;
        }
    }

    /// <summary>Whether there is a lease to count.</summary>
    public bool HasStarted
    {
        get
        {
            lock (_gate)
                return _end is not null;
        }
    }

    public bool IsAtRisk
    {
        get
        {
            DoWhatIsDue();
            lock (_gate)
                return _atRisk.HasFired;
        }
    }

    public LockLoss? Loss
    {
        get
        {
            DoWhatIsDue();
            lock (_gate)
                return _loss;
        }
    }

    /// <summary>The lease was renewed by a request sent at the deadline's start. An older renewal never takes away from a newer one.</summary>
    public void Extend(Deadline renewed)
    {
        var end = _timing.LessMargin(renewed);
        lock (_gate)
        {
            if (_isOver || (_end is { } current && end.Left <= current.Left))
                return;
            _end = end;
            if (_atRisk.HasFired)
                _atRisk = new LazyCancellation(_timing.Logger);
        }

        SetTimer();
    }

    /// <summary>A renewal is on its way.</summary>
    public void Asked() => SetUnanswered(true);

    /// <summary>The coordinator has answered, or nobody wants to know any more.</summary>
    public void Answered() => SetUnanswered(false);

    public void Lose(LockLoss loss)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            _loss = loss;
        }

        _timer.Dispose();
        _lost.Fire();
        _onLost?.Invoke(loss);
    }

    public void Stop()
    {
        lock (_gate)
            _isOver = true;
        _timer.Dispose();
    }

    public void Dispose() => Stop();

    private void OnTimer()
    {
        // The lease may have been renewed since the timer was set, and timers may go off early.
        DoWhatIsDue();
        SetTimer();
    }

    private void DoWhatIsDue()
    {
        LazyCancellation? warning;
        LockLoss? loss;
        lock (_gate)
        {
            if (_isOver || _end is not { } end)
                return;
            warning = _timing.UntilRisk(end) == TimeSpan.Zero && !_atRisk.HasFired ? _atRisk : null;
            loss = end.HasPassed
                ? new LockLoss(_isUnanswered ? LockLossReason.CoordinatorUnreachable : LockLossReason.Expired)
                : null;
        }

        warning?.Fire();
        if (loss is not null)
            Lose(loss);
    }

    private void SetTimer()
    {
        lock (_gate)
        {
            if (!_isOver && _end is { } end)
                _timer.Change(_atRisk.HasFired ? end.Left : _timing.UntilRisk(end), Timeout.InfiniteTimeSpan);
        }
    }

    private void SetUnanswered(bool value)
    {
        lock (_gate)
            _isUnanswered = value;
    }
}
