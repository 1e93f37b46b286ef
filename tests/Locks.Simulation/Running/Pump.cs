namespace Locks.Simulation.Running;

/// <summary>
/// Runs one step after another on the thread pool, each when everything that the last one started has come to rest. The process has one
/// worker (see the project file), so a step that finds no other work pending has found all of it done.
/// </summary>
internal sealed class Pump : IThreadPoolWorkItem, IDisposable
{
    private readonly Func<bool> _step;
    private readonly ManualResetEventSlim _isOver = new();
    private Exception? _failure;

    private Pump(Func<bool> step) => _step = step;

    /// <summary>Steps until there is nothing more to do.</summary>
    /// <param name="step">One step; whether another one follows.</param>
    /// <exception cref="InvalidOperationException">The process has more than one worker, so that the order is not decided.</exception>
    public static void Run(Func<bool> step)
    {
        ThreadPool.GetMaxThreads(out var workers, out _);
        if (workers != 1)
            throw new InvalidOperationException($"A simulation needs a thread pool of one worker; this process has up to {workers}.");

        using var pump = new Pump(step);
        ThreadPool.UnsafeQueueUserWorkItem(pump, preferLocal: false);
        pump._isOver.Wait();
        if (pump._failure is { } failure)
            throw new InvalidOperationException("The simulation itself failed.", failure);
    }

    public void Dispose() => _isOver.Dispose();

    /// <inheritdoc/>
    public void Execute()
    {
        try
        {
            if (ThreadPool.PendingWorkItemCount > 0 || _step())
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
        }
#pragma warning disable CA1031 // The thread that waits is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = exception;
        }

        _isOver.Set();
    }
}
