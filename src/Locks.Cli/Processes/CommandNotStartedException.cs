namespace Locks.Cli.Processes;

/// <summary>The command could not be started.</summary>
internal sealed class CommandNotStartedException(string command, string reason, int exitCode)
    : Exception($"cannot run '{command}': {reason}")
{
    /// <summary>What a shell would exit with.</summary>
    public int ExitCode { get; } = exitCode;
}
