using Locks.Contracts;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core;

/// <summary>
/// Reports a caller's rank in the queue when it changes: one report at a time, in order, and never in the way of the waiting itself. Of the
/// changes that arrive while the caller's code runs, only the latest is reported.
/// </summary>
internal sealed class ProgressReports(IProgress<WaitingStatus> progress, string key, ILogger logger)
{
    private readonly Lock _gate = new();
    private WaitingStatus? _last;
    private WaitingStatus? _next;
    private bool _isBusy;

    public void Report(LockQueued queued)
    {
        var status = new WaitingStatus(queued.Rank, queued.HolderOwner, queued.RetryAfter);
        lock (_gate)
        {
            if (status == _last)
                return;
            _next = _last = status;
            if (_isBusy)
                return;
            _isBusy = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static reports => reports.ReportAll(), this, preferLocal: false);
    }

    private void ReportAll()
    {
        while (TakeNext() is { } status)
        {
            try
            {
                progress.Report(status);
            }
#pragma warning disable CA1031 // An exception from the caller's code must not end the waiting.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.ProgressFailed(key, exception);
            }
        }
    }

    private WaitingStatus? TakeNext()
    {
        lock (_gate)
        {
            var next = _next;
            _next = null;
            _isBusy = next is not null;
            return next;
        }
    }
}
