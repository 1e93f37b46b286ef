using System.Runtime.InteropServices;

namespace Locks.Cli.Processes;

/// <summary>A command that runs, with the processes that it has started. Disposing leaves alone what still runs.</summary>
internal interface ICommand : IDisposable
{
    /// <summary>
    /// Completes when the command's own process has ended, with its exit code as shells report it: 128+n after the signal n.
    /// </summary>
    Task<int> Exit { get; }

    /// <summary>Whether the command, or a process that it has started, still runs.</summary>
    bool IsTreeAlive { get; }

    /// <summary>Passes a signal on, as a terminal would send it.</summary>
    void Pass(PosixSignal signal);

    /// <summary>Asks every process of the tree to end.</summary>
    void Terminate();

    /// <summary>
    /// Ends every process of the tree that it finds. One that is just being started may escape: repeat it until none is left.
    /// </summary>
    void Kill();
}
