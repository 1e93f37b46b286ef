using Locks.Client.Requests;

namespace Locks.Client.Core.Lifetimes;

/// <summary>
/// Renews every third of a lease, however long the answers take, so that two renewals may fail; and for as long as somebody holds on to the
/// handle: one that was lost to the garbage collector must not hold its lock for ever. It therefore knows the handle only weakly.
/// </summary>
internal sealed class LeaseRenewer(TimeProvider time, TimeSpan lease, WeakReference<object> handle)
{
    /// <param name="renew">Renews, patient for this long; says whether to go on.</param>
    /// <param name="abandoned">Called instead when nobody holds on to the handle any more.</param>
    /// <param name="end">Ends it.</param>
    public async Task RunAsync(Func<TimeSpan, CancellationToken, Task<bool>> renew, Action abandoned, CancellationToken end)
    {
        var interval = lease / 3;
        var next = Deadline.After(time, interval);
        try
        {
            do
            {
                // Most locks are given back before, and an exception for each of them would be most of what that costs.
                await Task.Delay(next.Left, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (end.IsCancellationRequested)
                    return;
                if (!handle.TryGetTarget(out _))
                {
                    abandoned();
                    return;
                }

                next = Deadline.After(time, interval);
            }
            while (await renew(interval, end).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Released, lost, or not wanted any more.
        }
    }
}
