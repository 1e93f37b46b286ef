namespace SuspendedHolder;

internal static class ExitCode
{
    /// <summary>Both deposits are in the balance.</summary>
    public const int Right = 0;

    /// <summary>A deposit was lost.</summary>
    public const int Wrong = 1;

    /// <summary>The command line, the broker, the database or a process is at fault.</summary>
    public const int Trouble = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
