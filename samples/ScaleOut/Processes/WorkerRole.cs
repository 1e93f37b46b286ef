using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using ScaleOut.CommandLine;
using ScaleOut.Hosting;
using ScaleOut.Items;
using ScaleOut.Work;

namespace ScaleOut.Processes;

/// <summary>A process that is a worker.</summary>
internal static class WorkerRole
{
    public static Task<int> RunAsync(ScaleOutSettings settings, CancellationToken cancellationToken)
    {
        var host = ScaleOutHost.Client(settings, settings.Servers!);
        return host.WhileRunningAsync(() => RunAsync(settings, host.Services, cancellationToken), cancellationToken);
    }

    private static async Task<int> RunAsync(ScaleOutSettings settings, IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var worker = new WorkerTasks(
        [
            new Worker(
                settings,
                settings.Number,
                services.GetRequiredService<ILockClient>(),
                services.GetRequiredService<IItems>(),
                services.GetRequiredService<TimeProvider>()),
        ]);
        return await await Task.WhenAny(LongRunning.WaitAsync(settings.EndsWithInput, cancellationToken), worker.FailureAsync());
    }
}
