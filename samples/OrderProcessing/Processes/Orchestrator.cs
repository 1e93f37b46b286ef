using Npgsql;
using OrderProcessing.CommandLine;
using OrderProcessing.Orders;
using OrderProcessing.Running;

namespace OrderProcessing.Processes;

/// <summary>The run in several processes on this machine: a coordinator and the instances, which are started here.</summary>
internal static class Orchestrator
{
    public static async Task<int> RunAsync(OrderSettings settings, CancellationToken cancellationToken)
    {
        var servers = settings.Servers!;
        await servers.CheckAsync(cancellationToken);
        await using var database = NpgsqlDataSource.Create(servers.Store);
        var book = new PostgreSqlOrderBook(database);
        await book.RecreateTablesAsync(settings.Rounds, cancellationToken);

        var processes = new ProcessRun(TimeProvider.System);
        try
        {
            await processes.StartCoordinatorAsync(Arguments(settings, servers, "coordinator", "coordinator"), cancellationToken);
            await processes.StartWorkersAsync(
                "instance", settings.Instances, number => Arguments(settings, servers, "instance", $"instance {number}"), cancellationToken);
            await OrderRun.FinishAsync(book, TimeProvider.System, cancellationToken);
            processes.IsDone = true;
        }
        finally
        {
            await processes.DisposeAsync();
            await servers.RemoveQueuesAsync(settings.Run, settings.LockQueue);
        }

        return await OrderRun.ReportAsync(book, cancellationToken);
    }

    private static List<string> Arguments(OrderSettings settings, Servers servers, string role, string name) =>
    [
        "--role", role,
        "--name", name,
        "--run", settings.Run,
        "--broker", servers.Broker.OriginalString,
        "--store", servers.Store,
        "--ends-with-input",
        .. settings.WithLocks ? (string[])[] : ["--no-locks"],
    ];
}
