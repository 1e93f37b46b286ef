namespace Locks.Client.Core;

/// <summary>
/// Raises the minimum of the thread pool by one for each pool thread that a caller blocks, for as long as it does, so that as many threads
/// work as the application has set. The answers arrive on the pool, behind everything that is queued there, and the pool replaces only a
/// few blocked threads in a second: two hundred callers at once kept it from all other work for 47 s, and their own requests timed out.
/// </summary>
internal static class ThreadPoolCompensation
{
    private static readonly Lock Gate = new();
    private static int _applicationMinimum;
    private static int _blockedThreads;
    private static int _minimumSet;

    /// <summary>Counts the calling thread as blocked, if it is one of the pool, until the scope is disposed of.</summary>
    public static Scope Enter()
    {
        var isPoolThread = Thread.CurrentThread.IsThreadPoolThread;
        if (isPoolThread)
            Add(1);
        return new Scope(isPoolThread);
    }

    private static void Add(int change)
    {
        lock (Gate)
        {
            ThreadPool.GetMinThreads(out var minimum, out var ports);
            if (minimum != _minimumSet)
                _applicationMinimum = minimum; // The application has set it, at first or anew.

            _blockedThreads += change;
            if (ThreadPool.SetMinThreads(_applicationMinimum + _blockedThreads, ports))
                _minimumSet = _applicationMinimum + _blockedThreads;
        }
    }

    public readonly ref struct Scope(bool isPoolThread)
    {
        public void Dispose()
        {
            if (isPoolThread)
                Add(-1);
        }
    }
}
