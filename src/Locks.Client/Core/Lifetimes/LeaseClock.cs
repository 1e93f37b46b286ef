using Locks.Client.Requests;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// Counts the holder's lease by the timestamps of its clock, which go on while the machine is suspended (<see cref="SuspensionAwareTime"/>).
/// The lease starts before the request was sent and ends a safety margin early, so that it is over here before the coordinator could grant
/// the lock to another owner (G8).
/// </summary>
internal sealed class LeaseClock : ILifetime, ITimed, IDisposable
{
    private readonly Lock _gate = new();
    private readonly LeaseTiming _timing;
    private readonly Action<LockLoss>? _onLost;
    private readonly Action? _onAtRisk;
    private readonly LazyCancellation _lost;
    private readonly TimerPool.PooledTimer _timer;
    private LazyCancellation _atRisk;
    private Deadline? _end;
    private bool _isOver;
    private bool _isUnanswered;
    private bool _isWithheld;
    private Deadline? _limit;
    private LockLoss? _loss;

    /// <param name="timing">How the lease is counted.</param>
    /// <param name="granted">The lease, started before its request was sent; absent while it is not known yet.</param>
    /// <param name="onLost">Called once when the lease is lost, at once and on the thread that finds out.</param>
    /// <param name="onAtRisk">Called each time a renewal becomes overdue, on the thread that finds out.</param>
    public LeaseClock(LeaseTiming timing, Deadline? granted = null, Action<LockLoss>? onLost = null, Action? onAtRisk = null)
    {
        _timing = timing;
        _onLost = onLost;
        _onAtRisk = onAtRisk;
        _lost = new LazyCancellation(timing.Logger);
        _atRisk = new LazyCancellation(timing.Logger);
        _timer = timing.Timers.Rent(this);
        if (granted is { } lease)
            Extend(lease);
    }

    public CancellationToken Lost
    {
        get
        {
            CheckDeadlines();
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
            CheckDeadlines();
            lock (_gate)
                return !_isOver;
        }
    }

    /// <summary>Whether a lease is known, and counted.</summary>
    public bool HasStarted => End is not null;

    public Deadline? End
    {
        get
        {
            lock (_gate)
                return _end;
        }
    }

    public bool IsAtRisk
    {
        get
        {
            CheckDeadlines();
            lock (_gate)
                return _atRisk.IsCancellationRequested;
        }
    }

    public LockLoss? Loss
    {
        get
        {
            CheckDeadlines();
            lock (_gate)
                return _loss;
        }
    }

    /// <summary>
    /// Extends the lease by a renewal that was sent at the deadline's start. An older renewal never shortens a newer one.
    /// </summary>
    public void Extend(Deadline renewed)
    {
        var end = _timing.LessMargin(renewed);
        lock (_gate)
        {
            if (_isOver || (_end is { } current && !end.EndsAfter(current)))
                return;
            _end = end;
            _isWithheld = false;
            if (_atRisk.IsCancellationRequested)
                _atRisk = new LazyCancellation(_timing.Logger);
        }

        SetTimer();
    }

    /// <summary>
    /// Ends the lease no later than this, with <see cref="LockLossReason.MaxHoldReached"/>, however often it is extended. The earliest of
    /// several limits counts.
    /// </summary>
    public void LimitTo(Deadline limit)
    {
        lock (_gate)
            _limit = limit.NoLaterThan(_limit);
        SetTimer();
    }

    /// <summary>A renewal is due and not sent: a loss before the next one counts as <see cref="LockLossReason.Unhealthy"/>.</summary>
    public void RenewalWithheld()
    {
        lock (_gate)
            _isWithheld = true;
    }

    /// <summary>A renewal is sent: a loss before its answer counts as <see cref="LockLossReason.CoordinatorUnreachable"/>.</summary>
    public void RenewalSent() => SetUnanswered(true);

    /// <summary>The renewal is answered or cancelled.</summary>
    public void RenewalAnswered() => SetUnanswered(false);

    public void Lose(LockLoss loss)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            _loss = loss;
            // Together, so that no caller sees a lock that is not held and a token that has not fired. Callbacks run on the thread pool.
            _lost.Cancel();
        }

        _timer.Dispose();
        _onLost?.Invoke(loss);
    }

    public void Stop()
    {
        lock (_gate)
        {
            // The timer may serve another lock by now.
            if (_isOver)
                return;
            _isOver = true;
        }

        _timer.Dispose();
    }

    public void Dispose() => Stop();

    void ITimed.OnTimer()
    {
        // The lease may have been renewed since the timer was set, and timers may fire early.
        CheckDeadlines();
        SetTimer();
    }

    private void CheckDeadlines()
    {
        LockLoss? loss;
        bool becomesAtRisk;
        lock (_gate)
        {
            if (_isOver)
                return;
            var now = _timing.Time.GetTimestamp();
            becomesAtRisk = !_atRisk.IsCancellationRequested && _end is { } counted && _timing.AtRisk(counted).HasPassedAt(now);
            if (becomesAtRisk)
                _atRisk.Cancel();
            loss = _end?.HasPassedAt(now) is true ? new LockLoss(ReasonOfEnd_NeedsGate())
                : _limit?.HasPassedAt(now) is true ? new LockLoss(LockLossReason.MaxHoldReached)
                : null;
        }

        if (becomesAtRisk)
            _onAtRisk?.Invoke();
        if (loss is not null)
            Lose(loss);
    }

    private LockLossReason ReasonOfEnd_NeedsGate() =>
        _isUnanswered ? LockLossReason.CoordinatorUnreachable
        : _isWithheld ? LockLossReason.Unhealthy
        : LockLossReason.Expired;

    private void SetTimer()
    {
        lock (_gate)
        {
            if (_isOver || (_end is null && _limit is null))
                return;
            var next = _end is { } end ? (_atRisk.IsCancellationRequested ? end : _timing.AtRisk(end)) : _limit!.Value;
            _timer.Set(next.NoLaterThan(_limit).Left);
        }
    }

    private void SetUnanswered(bool value)
    {
        lock (_gate)
            _isUnanswered = value;
    }
}
