using Locks.Client.Requests;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// Renews a lease every third of it, however long the answers take, so that two renewals may fail. It stops when the application refers to
/// the handle no more, which would otherwise hold its lock for ever; it therefore refers to the handle only weakly.
/// </summary>
internal sealed class LeaseRenewer(TimeProvider time, TimeSpan lease, WeakReference<object> handle)
{
    /// <param name="renew">Renews within a timeout; returns whether to go on.</param>
    /// <param name="tryAbandon">
    /// Called instead when the application refers to the handle no more; returns whether to stop. Not if the application has got a handle
    /// again meanwhile.
    /// </param>
    /// <param name="end">Ends the renewing.</param>
    public async Task RunAsync(Func<TimeSpan, CancellationToken, Task<bool>> renew, Func<bool> tryAbandon, CancellationToken end)
    {
        var interval = lease / 3;
        var next = Deadline.After(time, interval);
        try
        {
            do
            {
                // Most locks are released before; an exception for each of them would be most of what releasing costs.
                await Task.Delay(next.Left, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (end.IsCancellationRequested)
                    return;
                if (!handle.TryGetTarget(out _) && tryAbandon())
                    return;

                next = Deadline.After(time, interval);
            }
            while (await renew(interval, end).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The lock was released or lost, or its background renewal was ended.
        }
    }
}
