using System.Diagnostics;
using Locks.Coordinator.Storage;

namespace Locks.Failpoints;

/// <summary>Kills this process (SIGKILL) when it comes to a failpoint for the last of so many times.</summary>
/// <param name="point">The failpoint.</param>
/// <param name="times">How many times it comes there.</param>
/// <param name="key">Counts only commits that store a grant of this key, and replies after one. Default: counts all.</param>
internal sealed class Fuse(Failpoint point, int times = 1, string? key = null)
{
    private int _left = times;
    private volatile bool _isCommitted;

    /// <summary>A commit is about to be stored. Never completes if the process dies there.</summary>
    public Task BeforeCommitAsync(IReadOnlyList<LockWrite> writes) =>
        Counts(writes) ? ReachAsync(Failpoint.BeforeCommit) : Task.CompletedTask;

    /// <summary>A commit is stored, and no reply of it has left. Never completes if the process dies there.</summary>
    public Task AfterCommitAsync(IReadOnlyList<LockWrite> writes)
    {
        if (!Counts(writes))
            return Task.CompletedTask;

        _isCommitted = true;
        return ReachAsync(Failpoint.AfterCommit);
    }

    /// <summary>The replies to a message have left. Never completes if the process dies there.</summary>
    public Task AfterReplyAsync() => _isCommitted ? ReachAsync(Failpoint.AfterReply) : Task.CompletedTask;

    private bool Counts(IReadOnlyList<LockWrite> writes) =>
        key is null || writes.Any(write => write.State.Key == key && write.State.Holder is not null);

    private async Task ReachAsync(Failpoint reached)
    {
        if (reached != point || Interlocked.Decrement(ref _left) > 0)
            return;

        using var self = Process.GetCurrentProcess();
        self.Kill();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }
}
