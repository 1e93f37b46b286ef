namespace Locks.Benchmarks.Command;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    public const int Fine = 0;

    /// <summary>A measurement failed.</summary>
    public const int Failed = 1;

    /// <summary>An argument makes no sense, or a server is missing; nothing was measured.</summary>
    public const int CouldNotStart = 2;

    /// <summary>Ctrl-C, by the shells' convention.</summary>
    public const int Interrupted = 130;
}
