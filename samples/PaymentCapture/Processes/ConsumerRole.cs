using PaymentCapture.CommandLine;
using PaymentCapture.Hosting;

namespace PaymentCapture.Processes;

/// <summary>A process of consumers.</summary>
internal static class ConsumerRole
{
    public static async Task<int> RunAsync(CaptureSettings settings, CancellationToken cancellationToken)
    {
        await settings.Servers!.CheckAsync(cancellationToken);
        var host = CaptureHost.Consumers(new Queues(settings.Run), settings.Servers, settings);
        return await host.WhileRunningAsync(() => LongRunning.WaitAsync(settings.EndsWithInput, cancellationToken), cancellationToken);
    }
}
