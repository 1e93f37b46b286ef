namespace OrderProcessing.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Instances">How many instances there are.</param>
/// <param name="Rounds">How many rounds of orders.</param>
/// <param name="WithLocks">Whether the instances lock.</param>
/// <param name="Servers">The broker and database that processes share; <see langword="null"/> for one process.</param>
/// <param name="Role">What this process is, if not everything.</param>
/// <param name="Name">What this process is called, as an instance.</param>
/// <param name="Run">The name of the run, in the name of its queue.</param>
/// <param name="EndsWithInput">Whether this process ends when its standard input does.</param>
internal sealed record OrderSettings(
    int Instances, int Rounds, bool WithLocks, Servers? Servers, Role? Role, string Name, string Run, bool EndsWithInput)
{
    /// <summary>The coordinator's queue. Each run has a coordinator of its own, and so no other user of the broker in its way.</summary>
    public string LockQueue => $"order-processing-{Run}-locks";
}
