using PaymentCapture.CommandLine;
using PaymentCapture.Hosting;

namespace PaymentCapture.Running;

/// <summary>The run in one process, with nothing else installed.</summary>
internal static class EmbeddedRun
{
    public static async Task<int> RunAsync(CaptureSettings settings, CancellationToken cancellationToken)
    {
        var queues = new Queues(settings.Run);
        var host = CaptureHost.Embedded(queues, settings);
        return await host.WhileRunningAsync(
            () => WatchedRun.RunAsync(host, settings, queues.Payments, watch: null, cancellationToken), cancellationToken);
    }
}
