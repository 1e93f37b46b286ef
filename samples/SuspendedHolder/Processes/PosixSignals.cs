using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SuspendedHolder.Processes;

/// <summary>The two signals that no process can refuse, and that .NET has no call for.</summary>
internal static class PosixSignals
{
    private const int Untraced = 2;
    private const int Interrupted = 4;
    private static readonly (int Stop, int Continue) Numbers = OperatingSystem.IsMacOS() ? (17, 19) : (19, 18);

    /// <summary>SIGSTOP, and waits until a child executes not one more instruction: on a busy machine its threads run on for a moment.</summary>
    public static void Suspend(Process child)
    {
        Send(child, Numbers.Stop);
        int status;
        while (WaitPid(child.Id, out status, Untraced) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw new SampleException($"Process {child.Id} can't be waited for: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        if ((status & 0xFF) != 0x7F)
            throw new SampleException($"Process {child.Id} ended before it could be suspended.");
    }

    /// <summary>SIGCONT: as if nothing had happened.</summary>
    public static void Resume(Process child) => Send(child, Numbers.Continue);

    private static void Send(Process child, int signal)
    {
        if (Kill(child.Id, signal) < 0)
            throw new SampleException($"Process {child.Id} can't be sent signal {signal}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitPid(int process, out int status, int options);
}
