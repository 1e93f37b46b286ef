using NightlyJob.Jobs;

namespace NightlyJob.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Instances">How many instances have the job.</param>
/// <param name="DueTimes">How often it is due.</param>
/// <param name="Guard">What keeps it from running twice.</param>
/// <param name="KillOne">Whether the instance that runs it is killed once.</param>
/// <param name="Servers">The broker and database that processes share; <see langword="null"/> for one process.</param>
/// <param name="Role">What this process is, if not everything.</param>
/// <param name="Name">What this process is called, as an instance.</param>
/// <param name="Run">The name of the run, in the name of its queue and in its records.</param>
/// <param name="EndsWithInput">Whether this process ends when its standard input does.</param>
internal sealed record NightlySettings(
    int Instances,
    int DueTimes,
    Guard Guard,
    bool KillOne,
    Servers? Servers,
    Role? Role,
    string Name,
    string Run,
    bool EndsWithInput)
{
    /// <summary>The coordinator's queue. Each run has a coordinator of its own, and so no other user of the broker in its way.</summary>
    public string LockQueue => $"nightly-job-{Run}-locks";
}
