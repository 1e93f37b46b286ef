using Locks.Client.Requests;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// Renews a lease every third of it, however long the answers take, so that two renewals may fail. It stops when the application refers to
/// the handle no more, which would otherwise hold its lock for ever; it therefore refers to the handle only weakly.
/// </summary>
/// <param name="timers">The timers, and with them the clock.</param>
/// <param name="lease">The length of the lease.</param>
/// <param name="handle">The handle that the application refers to.</param>
/// <param name="renew">Renews within a timeout; returns whether to go on.</param>
/// <param name="tryAbandon">
/// Called instead when the application refers to the handle no more; returns whether to stop. Not if the application has got a handle again
/// meanwhile.
/// </param>
/// <param name="logger">The log of callbacks that fail.</param>
internal sealed class LeaseRenewer(
    TimerPool timers, TimeSpan lease, WeakReference<object> handle, Func<TimeSpan, CancellationToken, Task<bool>> renew, Func<bool> tryAbandon,
    ILogger logger) : ITimed
{
    private readonly Lock _gate = new();
    private readonly LazyCancellation _stopped = new(logger);
    private readonly TimeSpan _interval = lease / 3;
    private TimerPool.PooledTimer? _timer;
    private Deadline _next;
    private bool _isRenewing;

    /// <summary>Starts, once. A renewer that was stopped before stays stopped.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_stopped.IsCancellationRequested)
                return;

            _timer = timers.Rent(this);
            _next = Deadline.After(timers.Time, _interval);
            _timer.Set(_interval);
        }
    }

    /// <summary>Stops for good, and gives up the renewal that is under way.</summary>
    public void Stop()
    {
        TimerPool.PooledTimer? timer;
        lock (_gate)
        {
            _stopped.Cancel();
            (timer, _timer) = (_timer, null);
        }

        timer?.Dispose();
    }

    void ITimed.OnTimer()
    {
        lock (_gate)
        {
            // The timer may call late, after it was returned, and once too often.
            if (_timer is null || _isRenewing)
                return;
            if (_next.Left is var left && left > TimeSpan.Zero)
            {
                _timer.Set(left);
                return;
            }

            _isRenewing = true;
        }

        _ = RenewAsync();
    }

    private async Task RenewAsync()
    {
        var next = Deadline.After(timers.Time, _interval);
        try
        {
            if ((handle.TryGetTarget(out _) || !tryAbandon()) && await renew(_interval, _stopped.Token).ConfigureAwait(false))
                SetNext(next);
            else
                Stop();
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The lock was released or lost, or its background renewal was ended.
        }
    }

    private void SetNext(Deadline next)
    {
        lock (_gate)
        {
            (_next, _isRenewing) = (next, false);
            _timer?.Set(next.Left);
        }
    }
}
