using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Samples.Hosting;

namespace Samples.Processes;

/// <summary>A process that coordinates the locks of a run.</summary>
public static class CoordinatorRole
{
    /// <param name="servers">The broker and the database.</param>
    /// <param name="configure">Names the queue, which no other run has, and sets what the sample needs.</param>
    /// <param name="endsWithInput">Whether the process ends when its standard input does.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<int> RunAsync(
        Servers servers, Action<LockCoordinatorOptions> configure, bool endsWithInput, CancellationToken cancellationToken)
    {
        await servers.CheckAsync(cancellationToken);
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockCoordinator(configure).UsePostgreSql(servers.Store);
        builder.Services.AddRabbitMqBus(servers);
        var host = builder.Build();
        await host.Services.GetRequiredService<ILockSchema>().MigrateAsync(cancellationToken);
        return await host.WhileRunningAsync(() => LongRunning.WaitAsync(endsWithInput, cancellationToken), cancellationToken);
    }
}
