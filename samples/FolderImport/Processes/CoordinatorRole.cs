using FolderImport.CommandLine;
using FolderImport.Hosting;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FolderImport.Processes;

/// <summary>A process that coordinates the locks.</summary>
internal static class CoordinatorRole
{
    public static async Task<int> RunAsync(ImportSettings settings, CancellationToken cancellationToken)
    {
        await settings.Servers!.CheckAsync(cancellationToken);
        var host = ImportHost.Coordinator(new Queues(settings.Run), settings.Servers);
        await host.Services.GetRequiredService<ILockSchema>().MigrateAsync(cancellationToken);
        return await host.WhileRunningAsync(() => LongRunning.WaitAsync(settings.EndsWithInput, cancellationToken), cancellationToken);
    }
}
