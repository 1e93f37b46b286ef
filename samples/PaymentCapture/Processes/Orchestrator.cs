using Microsoft.Extensions.DependencyInjection;
using PaymentCapture.CommandLine;
using PaymentCapture.Hosting;
using PaymentCapture.Payments;
using PaymentCapture.Records;
using PaymentCapture.Running;

namespace PaymentCapture.Processes;

/// <summary>
/// The run in several processes on this machine: a coordinator and some processes of consumers, which are started here, and the producer,
/// which is this process.
/// </summary>
internal sealed class Orchestrator(CaptureSettings settings, Servers servers, ProcessRun processes)
{
    private readonly Queues _queues = new(settings.Run);

    public static async Task<int> RunAsync(CaptureSettings settings, int count, CancellationToken cancellationToken)
    {
        var servers = settings.Servers!;
        await servers.CheckAsync(cancellationToken);
        var host = CaptureHost.Producer(servers);
        await host.Services.GetRequiredService<PostgreSqlRecords>().RecreateTablesAsync(cancellationToken);

        var processes = new ProcessRun(host.Services.GetRequiredService<TimeProvider>());
        var orchestrator = new Orchestrator(settings, servers, processes);
        try
        {
            await orchestrator.StartAsync(count, cancellationToken);
            var exitCode = await host.WhileRunningAsync(
                () => WatchedRun.RunAsync(host, settings, orchestrator._queues.Payments, orchestrator.Watch, cancellationToken), cancellationToken);
            processes.IsDone = true;
            return exitCode;
        }
        finally
        {
            await processes.DisposeAsync();
            await servers.RemoveQueuesAsync(orchestrator._queues.Run, orchestrator._queues.Payments, orchestrator._queues.Locks);
        }
    }

    private async Task StartAsync(int count, CancellationToken cancellationToken)
    {
        if (settings.Guard != Guard.None)
            await processes.StartCoordinatorAsync(Arguments("coordinator"), cancellationToken);
        await processes.StartWorkersAsync("consumers", count, _ => Arguments("consumer"), cancellationToken);
    }

    private List<string> Arguments(string role) =>
    [
        "--role", role,
        "--run", settings.Run,
        "--broker", servers.Broker.OriginalString,
        "--store", servers.Store,
        "--concurrency", $"{settings.Concurrency}",
        "--ends-with-input",
        .. settings.Guard == Guard.None ? (string[])["--no-guard"] : ["--when-busy", settings.Guard == Guard.Skip ? "skip" : "wait"],
    ];

    /// <summary>Fails when a process has ended early: every one of them is needed.</summary>
    private void Watch(int done, int all)
    {
        if (done >= all)
            return;
        processes.CheckCoordinator();
        if (processes.Workers.Any(consumers => consumers.HasExited))
            throw new SampleException("A consumer process ended before the run did.");
    }
}
