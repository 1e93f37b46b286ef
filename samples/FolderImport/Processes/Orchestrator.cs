using FolderImport.CommandLine;
using FolderImport.Hosting;
using FolderImport.Records;
using FolderImport.Running;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client.Exceptions;

namespace FolderImport.Processes;

/// <summary>
/// The import in several processes on this machine: a coordinator and some processes of workers, which are started here, and the producer,
/// which is this process.
/// </summary>
internal sealed class Orchestrator(ImportSettings settings, Servers servers, TimeProvider time)
{
    private readonly Queues _queues = new(RunName.New(time));
    private readonly List<ChildProcess> _workers = [];
    private ChildProcess? _coordinator;
    private bool _hasKilled;
    private bool _isDone;

    public static async Task<int> RunAsync(ImportSettings settings, int processes, CancellationToken cancellationToken)
    {
        var servers = settings.Servers!;
        await servers.CheckAsync(cancellationToken);
        var host = ImportHost.Producer(servers);
        await host.Services.GetRequiredService<PostgreSqlRecords>().RecreateTablesAsync(cancellationToken);

        var orchestrator = new Orchestrator(settings, servers, host.Services.GetRequiredService<TimeProvider>());
        try
        {
            await orchestrator.StartAsync(processes, cancellationToken);
            var exitCode = await host.WhileRunningAsync(
                () => WatchedRun.RunAsync(host, orchestrator._queues.Import, settings.Directory, orchestrator.Watch, cancellationToken),
                cancellationToken);
            orchestrator._isDone = true;
            return exitCode;
        }
        finally
        {
            await orchestrator.EndAsync();
        }
    }

    private async Task StartAsync(int processes, CancellationToken cancellationToken)
    {
        if (settings.WithLocks)
        {
            _coordinator = Start("coordinator", Role.Coordinator);
            await _coordinator.WaitUntilReadyAsync(time, cancellationToken);
        }

        for (var i = 1; i <= processes; i++)
            _workers.Add(Start($"workers {i}", Role.Worker));
        await Task.WhenAll(_workers.Select(worker => worker.WaitUntilReadyAsync(time, cancellationToken)));
    }

    private ChildProcess Start(string name, Role role)
    {
        List<string> arguments =
        [
            "--role", role == Role.Coordinator ? "coordinator" : "worker",
            "--run", _queues.Run,
            "--broker", servers.Broker.OriginalString,
            "--store", servers.Store,
            "--workers", $"{settings.Workers}",
            "--ends-with-input",
        ];
        if (!settings.WithLocks)
            arguments.Add("--no-locks");
        return new ChildProcess(name, arguments);
    }

    /// <summary>The import goes on while there is somebody to do it.</summary>
    private void Watch(int done, int all)
    {
        if (settings.KillOne && !_hasKilled && done >= all / 2)
        {
            _hasKilled = true;
            _workers[0].Kill();
        }

        if (done == all)
            return;
        if (_coordinator is { HasExited: true })
            throw new ImportException("The coordinator ended before the import did.");
        if (_workers.All(worker => worker.HasExited))
            throw new ImportException("All worker processes ended before the import did.");
    }

    private async Task EndAsync()
    {
        // Workers before the coordinator that they may still need.
        List<ChildProcess> children = [.. _workers];
        if (_coordinator is not null)
            children.Add(_coordinator);
        if (!_isDone)
            children.ForEach(child => child.Abort());
        foreach (var child in children)
            await child.DisposeAsync();

        try
        {
            await servers.RemoveAsync(_queues, CancellationToken.None);
        }
        catch (Exception trouble) when (trouble is BrokerUnreachableException or OperationInterruptedException or IOException)
        {
            Notes.Write($"The queues of run {_queues.Run} stay on the broker: {trouble.Message}");
        }
    }
}
