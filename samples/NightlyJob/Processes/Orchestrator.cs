using NightlyJob.CommandLine;
using NightlyJob.Jobs;
using NightlyJob.Records;
using NightlyJob.Running;
using Npgsql;

namespace NightlyJob.Processes;

/// <summary>The run in several processes on this machine: a coordinator and the instances, which are started and watched here.</summary>
internal sealed class Orchestrator(NightlySettings settings, Servers servers, ProcessRun processes)
{
    private bool _hasKilled;

    public static async Task<int> RunAsync(NightlySettings settings, CancellationToken cancellationToken)
    {
        var (servers, time) = (settings.Servers!, TimeProvider.System);
        await servers.CheckAsync(cancellationToken);
        await using var database = NpgsqlDataSource.Create(servers.Store);
        var closings = new PostgreSqlClosings(database);
        await closings.RecreateTablesAsync(cancellationToken);

        var processes = new ProcessRun(time);
        var orchestrator = new Orchestrator(settings, servers, processes);
        var run = new NightlyRun(settings, closings, time);
        IReadOnlyList<DateTimeOffset> due;
        try
        {
            await processes.StartCoordinatorAsync(orchestrator.Arguments("coordinator", "coordinator"), cancellationToken);
            await processes.StartWorkersAsync(
                "instance", settings.Instances, number => orchestrator.Arguments("instance", $"instance {number}"), cancellationToken);
            due = await run.WatchAsync(orchestrator.Watch, cancellationToken);
            processes.IsDone = true;
        }
        finally
        {
            await processes.DisposeAsync();
            await servers.RemoveQueuesAsync(settings.Run, settings.LockQueue);
        }

        if (settings.KillOne && !orchestrator._hasKilled)
            throw new SampleException("No instance was found in the middle of the job, so none was killed. Try again, with more --due times.");
        return await run.ReportAsync(due, cancellationToken);
    }

    private List<string> Arguments(string role, string name) =>
    [
        "--role", role,
        "--name", name,
        "--run", settings.Run,
        "--broker", servers.Broker.OriginalString,
        "--store", servers.Store,
        "--ends-with-input",
        .. settings.Guard == Guard.None ? (string[])["--no-locks"] : ["--when-busy", settings.Guard == Guard.Skip ? "skip" : "wait"],
    ];

    /// <summary>Kills the instance that is in the middle of the job, if that is asked for. Not the first time, so that there is a before.</summary>
    private void Watch(IReadOnlyList<IReadOnlyList<ShopClosing>> nights)
    {
        processes.CheckCoordinator();
        if (!settings.KillOne || _hasKilled)
            return;
        if (nights.Skip(1).FirstOrDefault(night => night.Count is > 0 and < DayClosing.Shops) is not { } unfinished)
            return;

        _hasKilled = true;
        processes.Workers.Single(instance => instance.Name == unfinished[^1].Instance).Kill();
    }
}
