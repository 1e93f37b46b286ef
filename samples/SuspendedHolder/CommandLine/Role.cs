namespace SuspendedHolder.CommandLine;

/// <summary>What a process does in the story.</summary>
internal enum Role
{
    /// <summary>Starts the others, suspends A and wakes it.</summary>
    Orchestrator,

    /// <summary>Coordinates the lock.</summary>
    Coordinator,

    /// <summary>Is suspended while it holds the lock.</summary>
    A,

    /// <summary>Takes the lock while A is suspended.</summary>
    B,
}
