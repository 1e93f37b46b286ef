using System.Runtime.InteropServices;
using Locks.Cli.Processes;

namespace Locks.Cli.CommandLine;

/// <summary>A signal ended the tool before it had done its work.</summary>
internal sealed class InterruptedException(PosixSignal signal) : Exception($"ended by {signal}")
{
    /// <summary>What a shell would report of a process that the signal has ended.</summary>
    public int ExitCode { get; } = ExitCodes.Signal + SignalNumbers.Of(signal);
}
