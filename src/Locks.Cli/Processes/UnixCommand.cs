using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Locks.Cli.Processes;

/// <summary>
/// A command in a process group of its own, so that a signal reaches what it has started, and no signal for this process reaches it.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixCommand : ICommand
{
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _group;
    private readonly OrphanWatch? _watch;
    private readonly TerminalLoan _terminal;
    private readonly PosixSignalRegistration _continued;

    public UnixCommand(CommandStart start)
    {
        Posix.AdoptOrphans();
        var error = ProcessSpawner.Start(start.Program, start.Arguments, start.Variables, input: null, out _group);
        if (error != 0)
        {
            var exitCode = error is Posix.ENoEnt or Posix.ENotDir ? ExitCodes.NotFound : ExitCodes.NotExecutable;
            throw new CommandNotStartedException(start.Program, Marshal.GetPInvokeErrorMessage(error), exitCode);
        }

        _watch = OrphanWatch.Start(_group, start.OrphanGrace);
        _terminal = new TerminalLoan(_group);
        // 'fg' in a shell brings this process to the foreground; the command is what the person wants there.
        _continued = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => _terminal.Lend());
        new Thread(WaitForChildren) { IsBackground = true, Name = "locks wait" }.Start();
    }

    public Task<int> Exit => _exit.Task;

    public bool IsTreeAlive => !Exit.IsCompleted || Posix.Kill(-_group, 0) == 0 || Others().Count > 0;

    public void Pass(PosixSignal signal) => _ = Posix.Kill(-_group, SignalNumbers.Of(signal));

    public void Terminate()
    {
        SendToAll(SignalNumbers.Terminate);
        // One that is stopped would act on it only when it goes on.
        SendToAll(Posix.SigCont);
    }

    public void Kill() => SendToAll(SignalNumbers.Kill);

    public void Dispose()
    {
        _continued.Dispose();
        _terminal.Dispose();
        _watch?.Dispose();
    }

    private void SendToAll(int signal)
    {
        _ = Posix.Kill(-_group, signal);
        foreach (var process in Others())
            _ = Posix.Kill(process, signal);
    }

    /// <summary>
    /// This process's descendants, also those that have left the command's group. Elsewhere than on Linux they are not found.
    /// </summary>
    private IReadOnlyList<int> Others() =>
        OperatingSystem.IsLinux() ? Descendants.Of(Environment.ProcessId, except: _watch?.Process ?? 0) : [];

    /// <summary>Waits for the command, and for what it leaves behind, which this process has adopted.</summary>
    private void WaitForChildren()
    {
        while (true)
        {
            var child = Posix.WaitPid(-1, out var status, Posix.WUntraced);
            if (child == _group)
                OnStatus(status);
            else if (child < 0 && Marshal.GetLastPInvokeError() != Posix.EIntr)
                return;
        }
    }

    private void OnStatus(int status)
    {
        const int SignalMask = 0x7F;
        const int Stopped = 0x7F;

        var signal = status & SignalMask;
        if (signal == 0)
            _exit.TrySetResult((status >> 8) & 0xFF);
        else if (signal != Stopped)
            _exit.TrySetResult(ExitCodes.Signal + signal);
        else if (((status >> 8) & 0xFF) == Posix.SigTstp)
            // Ctrl-Z. This process is no job that a shell could continue, and a stopped holder keeps others waiting: the command goes on.
            _ = Posix.Kill(-_group, Posix.SigCont);
    }
}
