namespace RequestClient.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Servers">The broker and the coordinator's database; <see langword="null"/> for one process.</param>
/// <param name="IsCoordinator">Whether this process is the coordinator.</param>
/// <param name="Run">The name of the run, in the name of its queue and of its lock.</param>
/// <param name="EndsWithInput">Whether this process ends when its standard input does.</param>
internal sealed record CallerSettings(Servers? Servers, bool IsCoordinator, string Run, bool EndsWithInput)
{
    /// <summary>The coordinator's queue. Each run has a coordinator of its own, and so no other user of the broker in its way.</summary>
    public string LockQueue => $"request-client-{Run}-locks";

    public string LockKey => $"request-client:{Run}:report";
}
