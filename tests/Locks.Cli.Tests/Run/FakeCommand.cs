using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Locks.Cli.Processes;

namespace Locks.Cli.Tests.Run;

/// <summary>A command that does what the test says, and records what is done to it.</summary>
internal sealed class FakeCommand : ICommand
{
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CommandStart> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _hasDescendants;

    /// <summary>What was done to it, in order.</summary>
    public ConcurrentQueue<string> Received { get; } = [];

    /// <summary>Whether it ends when it is asked to. Killed, it always ends.</summary>
    public bool HeedsTerminate { get; init; } = true;

    /// <summary>Completes when it was started, with what it was started with.</summary>
    public Task<CommandStart> Started => _started.Task;

    public Task<int> Exit => _exit.Task;

    public bool IsTreeAlive => !_exit.Task.IsCompleted || _hasDescendants;

    public ICommand Start(CommandStart start)
    {
        _started.SetResult(start);
        return this;
    }

    /// <summary>It ends by itself.</summary>
    public void End(int exitCode, bool leavesDescendants = false)
    {
        _hasDescendants = leavesDescendants;
        _exit.TrySetResult(exitCode);
    }

    public void Pass(PosixSignal signal) => Received.Enqueue(signal.ToString());

    public void Terminate()
    {
        Received.Enqueue("terminate");
        if (HeedsTerminate)
            End(143);
    }

    public void Kill()
    {
        Received.Enqueue("kill");
        End(137);
    }

    public void Dispose() => Received.Enqueue("dispose");
}
