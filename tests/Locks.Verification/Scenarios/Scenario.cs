using Locks.Verification.Running;

namespace Locks.Verification.Scenarios;

/// <summary>Something that goes wrong while clients use locks, and what is promised then.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="What">What goes wrong.</param>
/// <param name="Bound">How long after the end of the fault every key has to be granted again as before.</param>
/// <param name="RunAsync">Brings the fault about once, and ends it.</param>
internal sealed record Scenario(string Name, string What, TimeSpan Bound, Func<ScenarioRun, Task> RunAsync)
{
    /// <summary>How many coordinators there are.</summary>
    public int Coordinators { get; init; } = 1;

    /// <summary>How many nodes of the broker form a cluster of the scenario's own, with quorum queues. Default: none, but the shared broker.</summary>
    public int BrokerNodes { get; init; }

    /// <summary>Whether each process reaches the servers through gates of its own.</summary>
    public bool HasGates { get; init; }

    /// <summary>Whether each process has a wall clock of its own, which is wrong.</summary>
    public bool HasClocks { get; init; }

    /// <summary>How many attempts may wait for one lock. Default: the coordinator's own.</summary>
    public int? MaxWaiters { get; init; }

    /// <summary>Whether the locks are in an SQLite file, not in PostgreSQL.</summary>
    public bool IsOnSqlite { get; init; }
}
