using Locks.Client.Core.Leases;
using Locks.Client.Requests;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// The lifetime of a lock, or a set of locks, that ends with a shared lease. It has no timer of its own, so that many of them cost little.
/// </summary>
internal sealed class SharedLeaseLifetime : ILifetime
{
    private readonly Lock _gate = new();
    private readonly SharedLease _lease;
    private readonly Action<LockLoss>? _onLost;
    private readonly LazyCancellation _lost;
    private bool _isOver;
    private LockLoss? _loss;

    /// <param name="lease">The lease that ends it.</param>
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
            CheckLease();
            return _lost.Token;
        }
    }

    public CancellationToken AtRisk => _lease.Clock.AtRisk;

    public bool IsRunning
    {
        get
        {
            CheckLease();
            lock (_gate)
                return !_isOver;
        }
    }

    public Deadline? End => _lease.Clock.End;

    public bool IsAtRisk => _lease.Clock.IsAtRisk;

    public LockLoss? Loss
    {
        get
        {
            CheckLease();
            lock (_gate)
                return _loss;
        }
    }

    public void Lose(LockLoss loss)
    {
        if (TryEnd(loss))
            _onLost?.Invoke(loss);
    }

    public void Stop() => TryEnd(null);

    /// <summary>The lease is lost, and all that lives on it.</summary>
    public void OnLeaseLost(LockLoss loss) =>
        Lose(loss.Reason == LockLossReason.MaxHoldReached ? loss : new LockLoss(LockLossReason.LeaseEnded, loss.By));

    private void CheckLease()
    {
        // The thread that ends the lease may not have reached this lifetime yet.
        if (_lease.Clock.Loss is { } loss)
            OnLeaseLost(loss);
    }

    private bool TryEnd(LockLoss? loss)
    {
        lock (_gate)
        {
            if (_isOver)
                return false;
            _isOver = true;
            _loss = loss;
            // Together, so that no caller sees a lock that is not held and a token that has not fired. Callbacks run on the thread pool.
            if (loss is not null)
                _lost.Cancel();
        }

        _lease.Remove(this);
        return true;
    }
}
