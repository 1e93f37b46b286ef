using System.Collections.Concurrent;

namespace Locks.Client.Tests.Shapes;

/// <summary>A thread whose synchronization context runs everything on that same thread, as a window's does.</summary>
internal sealed class SingleThreadContext : SynchronizationContext
{
    private readonly BlockingCollection<Action> _work = [];

    private SingleThreadContext()
    {
    }

    /// <summary>Runs something, and whatever it posts, on a thread of its own.</summary>
    public static Task RunAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource();
        var context = new SingleThreadContext();
        var thread = new Thread(() =>
        {
            SetSynchronizationContext(context);
            var running = work();
            running.ContinueWith(_ => context._work.CompleteAdding(), TaskScheduler.Default);
            foreach (var action in context._work.GetConsumingEnumerable())
                action();
            if (running.Exception is { } exception)
                done.SetException(exception.InnerExceptions);
            else
                done.SetResult();
        })
        { IsBackground = true };
        thread.Start();
        return done.Task;
    }

    public override void Post(SendOrPostCallback d, object? state) => _work.Add(() => d(state));

    public override void Send(
        SendOrPostCallback d, object? state) => throw new NotSupportedException("No work should wait for this thread.");
}
