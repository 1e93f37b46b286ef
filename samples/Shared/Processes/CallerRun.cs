using Locks.Coordinator.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Samples.CommandLine;
using Samples.Hosting;

namespace Samples.Processes;

/// <summary>A run whose callers are one process: with the coordinator inside, or over servers with the coordinator beside it.</summary>
/// <param name="settings">What the command line asks for.</param>
/// <param name="configureCoordinator">Sets what the sample needs; the queue is set.</param>
/// <param name="addCallers">Adds the callers to the bus.</param>
public sealed class CallerRun(
    CallerSettings settings, Action<LockCoordinatorOptions> configureCoordinator, Action<IBusRegistrationConfigurator> addCallers)
{
    /// <summary>Runs the callers, or the coordinator if this process is it.</summary>
    /// <param name="callers">What the callers do, with the services of their started host. Returns the exit code.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(Func<IServiceProvider, Task<int>> callers, CancellationToken cancellationToken) => settings switch
    {
        { IsCoordinator: true } => CoordinatorRole.RunAsync(settings.Servers!, Configure, endsWithInput: true, cancellationToken),
        { Servers: { } servers } => RunOverAsync(servers, callers, cancellationToken),
        _ => RunAsync(Embedded(), callers, cancellationToken),
    };

    private static Task<int> RunAsync(IHost host, Func<IServiceProvider, Task<int>> callers, CancellationToken cancellationToken) =>
        host.WhileRunningAsync(() => callers(host.Services), cancellationToken);

    private async Task<int> RunOverAsync(Servers servers, Func<IServiceProvider, Task<int>> callers, CancellationToken cancellationToken)
    {
        await servers.CheckAsync(cancellationToken);
        var processes = new ProcessRun(TimeProvider.System);
        try
        {
            await processes.StartCoordinatorAsync(
                ["--coordinator", "--run", settings.Run, "--broker", servers.Broker.OriginalString, "--store", servers.Store], cancellationToken);
            var exitCode = await RunAsync(Callers(servers), callers, cancellationToken);
            processes.IsDone = true;
            return exitCode;
        }
        finally
        {
            await processes.DisposeAsync();
            await servers.RemoveQueuesAsync(settings.Run, settings.LockQueue);
        }
    }

    private IHost Embedded()
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockCoordinator(Configure);
        builder.Services.AddInMemoryBus(addCallers);
        return builder.Build();
    }

    private IHost Callers(Servers servers)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddRabbitMqBus(servers, addCallers);
        return builder.Build();
    }

    private void Configure(LockCoordinatorOptions coordinator)
    {
        coordinator.QueueName = settings.LockQueue;
        configureCoordinator(coordinator);
    }
}
