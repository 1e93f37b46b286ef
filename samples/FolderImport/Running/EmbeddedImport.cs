using FolderImport.CommandLine;
using FolderImport.Hosting;

namespace FolderImport.Running;

/// <summary>The import in one process, with nothing else installed.</summary>
internal static class EmbeddedImport
{
    public static async Task<int> RunAsync(ImportSettings settings, CancellationToken cancellationToken)
    {
        var queues = new Queues(settings.Run);
        var host = ImportHost.Embedded(queues, settings.Workers, settings.WithLocks);
        return await host.WhileRunningAsync(
            () => WatchedRun.RunAsync(host, queues.Import, settings.Directory, watch: null, cancellationToken), cancellationToken);
    }
}
