using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using ScaleOut.CommandLine;
using ScaleOut.Hosting;
using ScaleOut.Items;
using ScaleOut.Work;

namespace ScaleOut.Running;

/// <summary>The run in one process, with nothing else installed.</summary>
internal static class EmbeddedRun
{
    public static Task<int> RunAsync(ScaleOutSettings settings, CancellationToken cancellationToken)
    {
        var host = ScaleOutHost.Embedded(settings);
        return host.WhileRunningAsync(() => RunAsync(settings, host.Services, cancellationToken), cancellationToken);
    }

    private static async Task<int> RunAsync(ScaleOutSettings settings, IServiceProvider services, CancellationToken cancellationToken)
    {
        var (locks, items, time) = (
            services.GetRequiredService<ILockClient>(), services.GetRequiredService<IItems>(), services.GetRequiredService<TimeProvider>());
        await using var workers = new WorkerTasks(
            Enumerable.Range(1, settings.Workers).Select(number => new Worker(settings, number, locks, items, time)));
        return await new ScaleOutRun(settings, items, locks, workers, time).RunAsync(cancellationToken);
    }
}
