using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using ScaleOut.CommandLine;
using ScaleOut.Hosting;
using ScaleOut.Items;
using ScaleOut.Running;

namespace ScaleOut.Processes;

/// <summary>The run in several processes on this machine: a coordinator and the workers, which are started, watched and killed here.</summary>
internal static class Orchestrator
{
    public static async Task<int> RunAsync(ScaleOutSettings settings, CancellationToken cancellationToken)
    {
        var servers = settings.Servers!;
        await servers.CheckAsync(cancellationToken);
        var host = ScaleOutHost.Client(settings, servers);
        var items = host.Services.GetRequiredService<PostgreSqlItems>();
        await items.RecreateTablesAsync(cancellationToken);

        var processes = new ProcessRun(TimeProvider.System);
        try
        {
            await processes.StartCoordinatorAsync(Arguments(settings, servers, "coordinator", number: 0), cancellationToken);
            await processes.StartWorkersAsync(
                "worker", settings.Workers, number => Arguments(settings, servers, "worker", number), cancellationToken);
            var exitCode = await host.WhileRunningAsync(
                () => new ScaleOutRun(
                    settings, items, host.Services.GetRequiredService<ILockClient>(), new WorkerProcesses(processes), TimeProvider.System)
                    .RunAsync(cancellationToken),
                cancellationToken);
            processes.IsDone = true;
            return exitCode;
        }
        finally
        {
            await processes.DisposeAsync();
            await servers.RemoveQueuesAsync(settings.Run, settings.LockQueue);
        }
    }

    private static List<string> Arguments(ScaleOutSettings settings, Servers servers, string role, int number) =>
    [
        "--role", role,
        "--number", $"{number}",
        "--run", settings.Run,
        "--broker", servers.Broker.OriginalString,
        "--store", servers.Store,
        "--ends-with-input",
        .. settings.WithLocks ? (string[])[] : ["--no-locks"],
    ];
}
