using OrderProcessing.Orders;

namespace OrderProcessing.Running;

/// <summary>One run as a person sees it: waits until all orders are processed, and reports what came of them.</summary>
internal static class OrderRun
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(2);

    /// <exception cref="SampleException">The orders were not processed in time.</exception>
    public static async Task FinishAsync(IOrderBook book, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!await book.IsFinishedAsync(cancellationToken))
        {
            if (time.GetElapsedTime(start) > LongestRun)
                throw new SampleException($"The orders were not processed within {LongestRun.TotalMinutes:0} minutes.");
            await Task.Delay(Glance, time, cancellationToken);
        }
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> ReportAsync(IOrderBook book, CancellationToken cancellationToken)
    {
        var report = await book.ReportAsync(cancellationToken);
        foreach (var line in report.Lines())
            Console.WriteLine(line);
        return report.IsRight ? ExitCode.Right : ExitCode.Wrong;
    }
}
