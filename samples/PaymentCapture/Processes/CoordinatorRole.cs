using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using PaymentCapture.CommandLine;
using PaymentCapture.Hosting;

namespace PaymentCapture.Processes;

/// <summary>A process that coordinates the locks.</summary>
internal static class CoordinatorRole
{
    public static async Task<int> RunAsync(CaptureSettings settings, CancellationToken cancellationToken)
    {
        await settings.Servers!.CheckAsync(cancellationToken);
        var host = CaptureHost.Coordinator(new Queues(settings.Run), settings.Servers);
        await host.Services.GetRequiredService<ILockSchema>().MigrateAsync(cancellationToken);
        return await host.WhileRunningAsync(() => LongRunning.WaitAsync(settings.EndsWithInput, cancellationToken), cancellationToken);
    }
}
