namespace Locks.Client.Requests;

/// <summary>Counts the operations of a client that are under way, so that a stop can wait for them.</summary>
internal sealed class InFlight
{
    private int _count;
    private TaskCompletionSource? _idle;

    /// <summary>An operation begins; disposing ends it.</summary>
    public Operation Begin()
    {
        Interlocked.Increment(ref _count);
        return new Operation(this);
    }

    /// <summary>Completes when no operation is under way.</summary>
    public Task WhenIdleAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _idle, idle);

        // The last operation may have ended before it could see the source.
        if (Volatile.Read(ref _count) == 0)
            idle.TrySetResult();
        return idle.Task;
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            Volatile.Read(ref _idle)?.TrySetResult();
    }

    /// <summary>An operation that is under way.</summary>
    internal readonly struct Operation(InFlight inFlight) : IDisposable
    {
        public void Dispose() => inFlight.End();
    }
}
