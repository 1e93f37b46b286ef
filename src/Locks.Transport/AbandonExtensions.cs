namespace Locks.Transport;

/// <summary>Waits for what does not heed its cancellation token, or not at once.</summary>
internal static class AbandonExtensions
{
    /// <summary>
    /// Waits for a task until the token fires. The task then goes on by itself, and what it may still throw is observed. MassTransit's send
    /// heeds its token only before it waits for a connection or a confirmation.
    /// </summary>
    public static Task OrAbandonAsync(this Task task, CancellationToken cancellationToken)
    {
        Observe(task);
        return task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for a task for some time; like <see cref="OrAbandonAsync(Task, CancellationToken)"/> otherwise.</summary>
    public static Task OrAbandonAsync(this Task task, TimeSpan timeout, TimeProvider time)
    {
        Observe(task);
        return task.WaitAsync(timeout, time);
    }

    /// <inheritdoc cref="OrAbandonAsync(Task, CancellationToken)"/>
    public static Task<T> OrAbandonAsync<T>(this Task<T> task, CancellationToken cancellationToken)
    {
        Observe(task);
        return task.WaitAsync(cancellationToken);
    }

    private static void Observe(Task task)
    {
        if (task.IsCompleted)
            return;

        _ = task.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
