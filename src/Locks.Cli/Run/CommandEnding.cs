using Locks.Cli.Processes;
using Locks.Client;

namespace Locks.Cli.Run;

/// <summary>Ends a command that has lost its lock, or is about to: asks it to, and kills its whole tree when its grace is over.</summary>
internal sealed class CommandEnding(ICommand command, TimeSpan grace, TimeProvider time)
{
    // What can't be killed, as in a call to a disk that is gone, is not waited for.
    private static readonly TimeSpan LongestKill = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(20);

    /// <summary>For a grace that nothing ends early.</summary>
    public static Task Never { get; } = new TaskCompletionSource().Task;

    /// <summary>
    /// Whether a command whose lock is lost gets its grace. It does not when the lease is over, or the lock another owner's.
    /// </summary>
    public static bool HasGrace(LockLoss? loss) => loss is { Reason: LockLossReason.Revoked };

    /// <summary>Ends the tree with its grace, or at once where there is none.</summary>
    /// <param name="leaseIsOver">Ends the grace early.</param>
    /// <returns>Whether all of it has ended.</returns>
    public async Task<bool> EndAsync(Task leaseIsOver)
    {
        if (grace > TimeSpan.Zero && !leaseIsOver.IsCompleted)
        {
            command.Terminate();
            if (await HasEndedAsync(grace, leaseIsOver).ConfigureAwait(false))
                return true;
        }

        return await KillAsync().ConfigureAwait(false);
    }

    private async Task<bool> KillAsync()
    {
        var start = time.GetTimestamp();
        do
        {
            command.Kill();
            if (await HasEndedAsync(LookPause, Never).ConfigureAwait(false))
                return true;
        }
        while (time.GetElapsedTime(start) < LongestKill);
        return false;
    }

    private async Task<bool> HasEndedAsync(TimeSpan limit, Task until)
    {
        var start = time.GetTimestamp();
        while (command.IsTreeAlive)
        {
            if (until.IsCompleted || time.GetElapsedTime(start) >= limit)
                return false;
            // On the system's clock: processes end by it, also where a test moves the time of locks.
            await Task.WhenAny(until, Task.Delay(LookPause, TimeProvider.System)).ConfigureAwait(false);
        }

        return true;
    }
}
