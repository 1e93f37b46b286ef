using FolderImport.CommandLine;
using FolderImport.Hosting;
using FolderImport.Records;
using FolderImport.Running;
using Microsoft.Extensions.DependencyInjection;

namespace FolderImport.Processes;

/// <summary>
/// The import in several processes on this machine: a coordinator and some processes of workers, which are started here, and the producer,
/// which is this process.
/// </summary>
internal sealed class Orchestrator(ImportSettings settings, Servers servers, ProcessRun processes)
{
    private readonly Queues _queues = new(RunName.New(TimeProvider.System));
    private bool _hasKilled;

    public static async Task<int> RunAsync(ImportSettings settings, int count, CancellationToken cancellationToken)
    {
        var servers = settings.Servers!;
        await servers.CheckAsync(cancellationToken);
        var host = ImportHost.Producer(servers);
        await host.Services.GetRequiredService<PostgreSqlRecords>().RecreateTablesAsync(cancellationToken);

        var processes = new ProcessRun(host.Services.GetRequiredService<TimeProvider>());
        var orchestrator = new Orchestrator(settings, servers, processes);
        try
        {
            await orchestrator.StartAsync(count, cancellationToken);
            var exitCode = await host.WhileRunningAsync(
                () => WatchedRun.RunAsync(host, orchestrator._queues.Import, settings.Directory, orchestrator.Watch, cancellationToken),
                cancellationToken);
            processes.IsDone = true;
            return exitCode;
        }
        finally
        {
            await processes.DisposeAsync();
            await servers.RemoveQueuesAsync(orchestrator._queues.Run, orchestrator._queues.Import, orchestrator._queues.Locks);
        }
    }

    private async Task StartAsync(int count, CancellationToken cancellationToken)
    {
        if (settings.WithLocks)
            await processes.StartCoordinatorAsync(Arguments("coordinator"), cancellationToken);
        await processes.StartWorkersAsync("workers", count, _ => Arguments("worker"), cancellationToken);
    }

    private List<string> Arguments(string role)
    {
        List<string> arguments =
        [
            "--role", role,
            "--run", _queues.Run,
            "--broker", servers.Broker.OriginalString,
            "--store", servers.Store,
            "--workers", $"{settings.Workers}",
            "--ends-with-input",
        ];
        if (!settings.WithLocks)
            arguments.Add("--no-locks");
        return arguments;
    }

    /// <summary>Kills a process halfway if that is asked for. The import goes on while one process of workers is left.</summary>
    private void Watch(int done, int all)
    {
        if (settings.KillOne && !_hasKilled && done >= all / 2)
        {
            _hasKilled = true;
            processes.Workers[0].Kill();
        }

        if (done == all)
            return;
        processes.CheckCoordinator();
        if (processes.Workers.All(worker => worker.HasExited))
            throw new SampleException("All worker processes ended before the import did.");
    }
}
