namespace ScaleOut.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Workers">How many workers there are at most.</param>
/// <param name="Items">How many items each measurement has.</param>
/// <param name="Kills">How many workers are killed in the last run.</param>
/// <param name="WithLocks">Whether the workers lock.</param>
/// <param name="Servers">The broker and database that processes share; <see langword="null"/> for one process.</param>
/// <param name="Role">What this process is, if not everything.</param>
/// <param name="Number">The number of this process, as a worker.</param>
/// <param name="Run">The name of the run, in the name of its queue, in its locks and in its records.</param>
/// <param name="EndsWithInput">Whether this process ends when its standard input does.</param>
internal sealed record ScaleOutSettings(
    int Workers,
    int Items,
    int Kills,
    bool WithLocks,
    Servers? Servers,
    Role? Role,
    int Number,
    string Run,
    bool EndsWithInput)
{
    /// <summary>The coordinator's queue. Each run has a coordinator of its own, and so no other user of the broker in its way.</summary>
    public string LockQueue => $"scale-out-{Run}-locks";

    /// <summary>What the keys of this run's locks begin with.</summary>
    public string KeyPrefix => $"scale-out:{Run}:";

    /// <summary>How a worker is called, as the owner of its locks too.</summary>
    public static string NameOf(int number) => $"worker {number}";
}
