using Locks.Client.Core.Leases;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// The lifetime of something that lives and dies with a shared lease. It has no timer of its own, so that many of them cost little.
/// </summary>
internal sealed class SharedLeaseLifetime : ILifetime
{
    private readonly Lock _gate = new();
    private readonly SharedLease _lease;
    private readonly Action<LockLoss>? _onLost;
    private readonly LazyCancellation _lost;
    private bool _isOver;
    private LockLoss? _loss;

    /// <param name="lease">Whom to follow.</param>
    /// <param name="timing">How leases are counted.</param>
    /// <param name="onLost">Called once when it is lost, at once and on the thread that finds out.</param>
    public SharedLeaseLifetime(SharedLease lease, LeaseTiming timing, Action<LockLoss>? onLost = null)
    {
        _lease = lease;
        _onLost = onLost;
        _lost = new LazyCancellation(timing.Logger);
        lease.Add(this);
    }

    public CancellationToken Lost
    {
        get
        {
            FollowLease();
            return _lost.Token;
        }
    }

    public CancellationToken AtRisk => _lease.Clock.AtRisk;

    public bool IsRunning
    {
        get
        {
            FollowLease();
            lock (_gate)
                return !_isOver;
        }
    }

    public bool IsAtRisk => _lease.Clock.IsAtRisk;

    public LockLoss? Loss
    {
        get
        {
            FollowLease();
            lock (_gate)
                return _loss;
        }
    }

    public void Lose(LockLoss loss)
    {
        if (!End(loss))
            return;
        _lost.Fire();
        _onLost?.Invoke(loss);
    }

    public void Stop() => End(null);

    /// <summary>The lease's loss is what its locks share.</summary>
    public void OnLeaseLost(LockLoss loss) => Lose(new LockLoss(LockLossReason.LeaseEnded, loss.By));

    private void FollowLease()
    {
        // Whoever is about to tell may not have come to this one yet.
        if (_lease.Clock.Loss is { } loss)
            OnLeaseLost(loss);
    }

    private bool End(LockLoss? loss)
    {
        lock (_gate)
        {
            if (_isOver)
                return false;
            _isOver = true;
            _loss = loss;
        }

        _lease.Remove(this);
        return true;
    }
}
