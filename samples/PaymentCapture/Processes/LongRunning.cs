namespace PaymentCapture.Processes;

/// <summary>A process that works until it is told to end.</summary>
internal static class LongRunning
{
    /// <summary>The line on standard output that says that the process is at work.</summary>
    public const string ReadyLine = "ready";

    public static async Task<int> WaitAsync(bool endsWithInput, CancellationToken cancellationToken)
    {
        Console.WriteLine(ReadyLine);
        try
        {
            await (endsWithInput ? InputEndsAsync(cancellationToken) : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how it is told.
        }

        return ExitCode.Right;
    }

    /// <summary>Standard input is a pipe from the parent, which ends with the parent however that dies: no process is left behind.</summary>
    private static async Task InputEndsAsync(CancellationToken cancellationToken)
    {
        using var input = Console.OpenStandardInput();
        var ignored = new byte[64];
        while (await input.ReadAsync(ignored, cancellationToken) > 0)
        {
        }
    }
}
