namespace Locks.Histories.Records;

/// <summary>What is done to a process or a server, as far as the checker has to know it.</summary>
public enum FaultKind
{
    /// <summary>SIGKILL: it does nothing more.</summary>
    Killed,

    /// <summary>SIGSTOP, until the fault ends: it does nothing meanwhile, and its time runs on.</summary>
    Stopped,

    /// <summary>Anything else.</summary>
    Other,
}
