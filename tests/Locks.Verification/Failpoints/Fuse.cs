using System.Diagnostics;

namespace Locks.Verification.Failpoints;

/// <summary>Kills this process (SIGKILL) when it comes to a failpoint for the last of so many times.</summary>
/// <param name="point">The failpoint.</param>
/// <param name="times">How many times it comes there.</param>
internal sealed class Fuse(Failpoint point, int times)
{
    private int _left = times;

    /// <summary>The process is at a failpoint. Never completes if it dies there.</summary>
    public async Task ReachAsync(Failpoint reached)
    {
        if (reached != point || Interlocked.Decrement(ref _left) > 0)
            return;

        using var self = Process.GetCurrentProcess();
        self.Kill();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }
}
