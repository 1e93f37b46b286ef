using FolderImport.CommandLine;
using FolderImport.Hosting;
using FolderImport.Records;
using FolderImport.Running;
using Microsoft.Extensions.DependencyInjection;

namespace FolderImport.Processes;

/// <summary>The process that sends the messages, for workers and a coordinator that were started by hand.</summary>
internal static class ProducerRole
{
    public static async Task<int> RunAsync(ImportSettings settings, CancellationToken cancellationToken)
    {
        await settings.Servers!.CheckAsync(cancellationToken);
        var host = ImportHost.Producer(settings.Servers);
        await host.Services.GetRequiredService<PostgreSqlRecords>().RecreateTablesAsync(cancellationToken);
        var queue = new Queues(settings.Run).Import;
        return await host.WhileRunningAsync(
            () => WatchedRun.RunAsync(host, queue, settings.Directory, watch: null, cancellationToken), cancellationToken);
    }
}
