using RequestClient.CommandLine;
using RequestClient.Hosting;

namespace RequestClient.Story;

/// <summary>The run over servers: the coordinator is a process that is started here, and the callers are this process.</summary>
internal static class SeparateCoordinator
{
    public static async Task<int> RunAsync(CallerSettings settings, Servers servers, CancellationToken cancellationToken)
    {
        await servers.CheckAsync(cancellationToken);
        var processes = new ProcessRun(TimeProvider.System);
        try
        {
            await processes.StartCoordinatorAsync(
                [
                    "--coordinator",
                    "--run", settings.Run,
                    "--broker", servers.Broker.OriginalString,
                    "--store", servers.Store,
                    "--ends-with-input",
                ],
                cancellationToken);
            var host = CallerHost.Callers(settings, servers);
            var exitCode = await host.WhileRunningAsync(
                () => Callers.RunAsync(host.Services, settings.LockKey, cancellationToken), cancellationToken);
            processes.IsDone = true;
            return exitCode;
        }
        finally
        {
            await processes.DisposeAsync();
            await servers.RemoveQueuesAsync(settings.Run, settings.LockQueue);
        }
    }
}
