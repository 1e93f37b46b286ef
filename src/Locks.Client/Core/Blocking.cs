namespace Locks.Client.Core;

/// <summary>
/// The one place where a thread waits. The work runs on the thread pool, without the caller's synchronization context, so that it can't
/// wait for the thread that waits for it.
/// </summary>
internal static class Blocking
{
    public static void Wait(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();

    public static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
