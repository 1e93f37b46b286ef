namespace PaymentCapture;

internal static class ExitCode
{
    /// <summary>Every payment was captured exactly once.</summary>
    public const int Right = 0;

    /// <summary>A payment was captured more than once, or never.</summary>
    public const int Wrong = 1;

    /// <summary>The command line, the broker, the database or a process is at fault.</summary>
    public const int Trouble = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
