using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using SuspendedHolder.CommandLine;
using SuspendedHolder.Hosting;

namespace SuspendedHolder.Processes;

/// <summary>The process that coordinates the lock, for as long as its parent lives.</summary>
internal static class CoordinatorRole
{
    public static async Task<int> RunAsync(StorySettings settings, CancellationToken cancellationToken)
    {
        using var host = StoryHost.Coordinator(settings);
        await host.Services.GetRequiredService<ILockSchema>().MigrateAsync(cancellationToken);
        await host.StartAsync(cancellationToken);
        Console.WriteLine(StoryProcess.HereLine);
        await Console.In.ReadToEndAsync(cancellationToken);
        return ExitCode.Right;
    }
}
