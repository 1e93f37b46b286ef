namespace Locks.Client.Core;

/// <summary>
/// Keeps as many threads of the pool at work as the application has set for its minimum: each caller who blocks one raises that minimum by
/// one for as long. The answers come in on the pool, behind everything that waits there, and the pool replaces no more than a few blocked
/// threads in a second: two hundred callers at once kept it from all other work for 47 s, and their own requests timed out.
/// </summary>
internal static class ThreadPoolCompensation
{
    private static readonly Lock Gate = new();
    private static int _wanted;
    private static int _blocked;
    private static int _set;

    /// <summary>To be disposed of when the calling thread goes on.</summary>
    public static Scope Enter()
    {
        var isOfPool = Thread.CurrentThread.IsThreadPoolThread;
        if (isOfPool)
            Add(1);
        return new Scope(isOfPool);
    }

    private static void Add(int blocked)
    {
        lock (Gate)
        {
            ThreadPool.GetMinThreads(out var minimum, out var ports);
            if (minimum != _set)
                _wanted = minimum; // The application's own setting, or its new one.

            _blocked += blocked;
            if (ThreadPool.SetMinThreads(_wanted + _blocked, ports))
                _set = _wanted + _blocked;
        }
    }

    public readonly ref struct Scope(bool isOfPool)
    {
        public void Dispose()
        {
            if (isOfPool)
                Add(-1);
        }
    }
}
