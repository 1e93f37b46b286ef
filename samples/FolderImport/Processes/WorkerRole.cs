using FolderImport.CommandLine;
using FolderImport.Hosting;

namespace FolderImport.Processes;

/// <summary>A process of workers.</summary>
internal static class WorkerRole
{
    public static async Task<int> RunAsync(ImportSettings settings, CancellationToken cancellationToken)
    {
        await settings.Servers!.CheckAsync(cancellationToken);
        var host = ImportHost.Workers(new Queues(settings.Run), settings.Servers, settings.Workers, settings.WithLocks);
        return await host.WhileRunningAsync(() => LongRunning.WaitAsync(settings.EndsWithInput, cancellationToken), cancellationToken);
    }
}
