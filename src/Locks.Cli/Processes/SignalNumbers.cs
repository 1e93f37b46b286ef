using System.Runtime.InteropServices;

namespace Locks.Cli.Processes;

/// <summary>The numbers of signals, as exit codes have them. They are the same on every Unix.</summary>
internal static class SignalNumbers
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;

    public static int Of(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => Hangup,
        PosixSignal.SIGINT => Interrupt,
        PosixSignal.SIGQUIT => Quit,
        PosixSignal.SIGTERM => Terminate,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "not passed on"),
    };
}
