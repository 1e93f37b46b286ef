namespace OrderProcessing;

internal static class ExitCode
{
    /// <summary>Every order was processed once.</summary>
    public const int Right = 0;

    /// <summary>Two instances processed orders at the same time.</summary>
    public const int Wrong = 1;

    /// <summary>The command line is at fault, or the orders were not processed.</summary>
    public const int Trouble = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
