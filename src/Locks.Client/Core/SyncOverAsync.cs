namespace Locks.Client.Core;

/// <summary>
/// Blocks a thread until asynchronous work is done; the only place that does. The work runs without the caller's synchronization context
/// and scheduler, so that it can't wait for the thread that waits for it.
/// </summary>
internal static class SyncOverAsync
{
    public static void Wait(Func<Task> work) => Wait(async () =>
    {
        await work().ConfigureAwait(false);
        return true;
    });

    public static T Wait<T>(Func<Task<T>> work)
    {
        using (ThreadPoolCompensation.Enter())
            return Start(work).GetAwaiter().GetResult();
    }

    private static Task<T> Start<T>(Func<Task<T>> work)
    {
        // Only the pool is out of another scheduler's reach. Without such a scheduler, moving to the pool would take a second thread for
        // nothing.
        if (TaskScheduler.Current != TaskScheduler.Default)
            return Task.Run(work);

        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return work();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
