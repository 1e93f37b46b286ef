namespace Samples.Processes;

/// <summary>A process that runs until it is stopped.</summary>
public static class LongRunning
{
    /// <summary>The line on standard output by which a process reports that it is ready.</summary>
    public const string ReadyLine = "ready";

    /// <summary>Reports that the process is ready, and waits until it is stopped.</summary>
    public static async Task<int> WaitAsync(bool endsWithInput, CancellationToken cancellationToken)
    {
        Console.WriteLine(ReadyLine);
        try
        {
            await (endsWithInput ? InputEndsAsync(cancellationToken) : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C stops it.
        }

        return ExitCode.Right;
    }

    /// <summary>Standard input is a pipe from the parent. It closes when the parent ends, however it ends: no process is left behind.</summary>
    private static async Task InputEndsAsync(CancellationToken cancellationToken)
    {
        using var input = Console.OpenStandardInput();
        var ignored = new byte[64];
        while (await input.ReadAsync(ignored, cancellationToken) > 0)
        {
        }
    }
}
