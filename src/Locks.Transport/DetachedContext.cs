namespace Locks.Transport;

/// <summary>
/// Starts what outlives its caller, or serves others too, outside of the caller's execution context. A timer, a loop or a connection that is
/// made for the first caller would otherwise carry that caller's async locals and its trace for ever: later work of others would count as
/// part of its trace, and its objects would never be collected.
/// </summary>
internal static class DetachedContext
{
    private static readonly ExecutionContext Empty = CaptureEmpty();

    /// <summary>Calls the action at once, on this thread.</summary>
    public static void Run(ContextCallback action, object? state) => ExecutionContext.Run(Empty, action, state);

    /// <summary>Calls the function at once, on this thread, and returns its result.</summary>
    public static T Run<T>(Func<T> function)
    {
        T? result = default;
        ExecutionContext.Run(Empty, _ => result = function(), null);
        return result!;
    }

    /// <summary>Creates a timer that is not set yet.</summary>
    public static ITimer CreateTimer(TimeProvider time, TimerCallback callback, object state)
    {
        // Not by suppressing the flow: that copies the context, and undoing it copies it again.
        var creation = new TimerCreation(time, callback, state);
        ExecutionContext.Run(Empty, static creation => ((TimerCreation)creation!).Run(), creation);
        return creation.Timer!;
    }

    private static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture());

        // Not Start: that takes this thread's context along.
        thread.UnsafeStart();
        thread.Join();
        return empty ?? throw new InvalidOperationException("A new thread has no execution context.");
    }

    private sealed class TimerCreation(TimeProvider time, TimerCallback callback, object state)
    {
        public ITimer? Timer { get; private set; }

        public void Run() => Timer = time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
