namespace Locks.Failpoints;

/// <summary>Kills this process (SIGKILL) when it comes to a failpoint for the last of so many times.</summary>
/// <param name="point">The failpoint.</param>
/// <param name="times">How many times it comes there.</param>
internal sealed class Fuse(Failpoint point, int times)
{
    private int _left = times;

    /// <summary>The process is at a failpoint. Never completes if it dies there.</summary>
    public Task ReachAsync(Failpoint reached) =>
        reached != point || Interlocked.Decrement(ref _left) > 0 ? Task.CompletedTask : FailpointStore.DieAsync();
}
