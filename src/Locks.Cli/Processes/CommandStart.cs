namespace Locks.Cli.Processes;

/// <summary>What to run.</summary>
/// <param name="Program">The program, looked up in <c>PATH</c> unless it has a slash.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Variables">What is added to this process's environment.</param>
/// <param name="OrphanGrace">
/// How long the command has to end once it was asked to because this process is gone: then no process holds its lock any more.
/// </param>
internal sealed record CommandStart(
    string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables, TimeSpan OrphanGrace)
{
    /// <summary>Starts it, with this process's standard input, output and error.</summary>
    /// <exception cref="CommandNotStartedException">It does not exist, or can't be executed.</exception>
    public ICommand Start() => OperatingSystem.IsWindows() ? new WindowsCommand(this) : new UnixCommand(this);
}
