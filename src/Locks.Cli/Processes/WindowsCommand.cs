using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Locks.Cli.Processes;

/// <summary>
/// A command on Windows. Its console sends Ctrl+C to the command as well as to this process, so nothing has to be passed on; and there is
/// no way to ask a process to end that every program heeds, so it is ended at once.
/// </summary>
internal sealed class WindowsCommand : ICommand
{
    private const int FileNotFound = 2;

    private readonly Process _process;

    public WindowsCommand(CommandStart start)
    {
        var info = new ProcessStartInfo(start.Program, start.Arguments) { UseShellExecute = false };
        foreach (var (name, value) in start.Variables)
            info.Environment[name] = value;
        try
        {
            _process = Process.Start(info)!;
        }
        catch (Win32Exception refused)
        {
            var exitCode = refused.NativeErrorCode == FileNotFound ? ExitCodes.NotFound : ExitCodes.NotExecutable;
            throw new CommandNotStartedException(start.Program, refused.Message, exitCode);
        }

        Exit = WaitAsync();
    }

    public Task<int> Exit { get; }

    public bool IsTreeAlive => !_process.HasExited;

    public void Pass(PosixSignal signal)
    {
    }

    public void Terminate() => Kill();

    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose() => _process.Dispose();

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        return _process.ExitCode;
    }
}
