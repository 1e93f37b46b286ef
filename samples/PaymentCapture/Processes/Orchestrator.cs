using Microsoft.Extensions.DependencyInjection;
using PaymentCapture.CommandLine;
using PaymentCapture.Hosting;
using PaymentCapture.Payments;
using PaymentCapture.Records;
using PaymentCapture.Running;
using RabbitMQ.Client.Exceptions;

namespace PaymentCapture.Processes;

/// <summary>
/// The run in several processes on this machine: a coordinator and some processes of consumers, which are started here, and the producer,
/// which is this process.
/// </summary>
internal sealed class Orchestrator(CaptureSettings settings, Servers servers, TimeProvider time)
{
    private readonly Queues _queues = new(settings.Run);
    private readonly List<ChildProcess> _consumers = [];
    private ChildProcess? _coordinator;
    private bool _isDone;

    public static async Task<int> RunAsync(CaptureSettings settings, int processes, CancellationToken cancellationToken)
    {
        var servers = settings.Servers!;
        await servers.CheckAsync(cancellationToken);
        var host = CaptureHost.Producer(servers);
        await host.Services.GetRequiredService<PostgreSqlRecords>().RecreateTablesAsync(cancellationToken);

        var orchestrator = new Orchestrator(settings, servers, host.Services.GetRequiredService<TimeProvider>());
        try
        {
            await orchestrator.StartAsync(processes, cancellationToken);
            var exitCode = await host.WhileRunningAsync(
                () => WatchedRun.RunAsync(host, settings, orchestrator._queues.Payments, orchestrator.Watch, cancellationToken), cancellationToken);
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
        if (settings.Guard != Guard.None)
        {
            _coordinator = Start("coordinator", Role.Coordinator);
            await _coordinator.WaitUntilReadyAsync(time, cancellationToken);
        }

        for (var i = 1; i <= processes; i++)
            _consumers.Add(Start($"consumers {i}", Role.Consumer));
        await Task.WhenAll(_consumers.Select(consumers => consumers.WaitUntilReadyAsync(time, cancellationToken)));
    }

    private ChildProcess Start(string name, Role role)
    {
        List<string> arguments =
        [
            "--role", role == Role.Coordinator ? "coordinator" : "consumer",
            "--run", settings.Run,
            "--broker", servers.Broker.OriginalString,
            "--store", servers.Store,
            "--concurrency", $"{settings.Concurrency}",
            "--ends-with-input",
        ];
        arguments.AddRange(settings.Guard == Guard.None ? ["--no-guard"] : ["--when-busy", settings.Guard == Guard.Skip ? "skip" : "wait"]);
        return new ChildProcess(name, arguments);
    }

    /// <summary>The run goes on while there is everybody to do it.</summary>
    private void Watch(int done, int all)
    {
        if (done >= all)
            return;
        if (_coordinator is { HasExited: true })
            throw new CaptureException("The coordinator ended before the run did.");
        if (_consumers.Any(consumers => consumers.HasExited))
            throw new CaptureException("A consumer process ended before the run did.");
    }

    private async Task EndAsync()
    {
        // Consumers before the coordinator that they may still need.
        List<ChildProcess> children = [.. _consumers];
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
