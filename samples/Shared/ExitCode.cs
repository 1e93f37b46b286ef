namespace Samples;

/// <summary>What a sample's process ends with.</summary>
public static class ExitCode
{
    /// <summary>The result is right: nothing was done twice, and nothing was lost.</summary>
    public const int Right = 0;

    /// <summary>The result is wrong, as it is when the lock or the fence is left out.</summary>
    public const int Wrong = 1;

    /// <summary>The command line, the broker, the database or a process is at fault.</summary>
    public const int Trouble = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
