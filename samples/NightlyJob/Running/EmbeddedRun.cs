using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NightlyJob.CommandLine;
using NightlyJob.Hosting;
using NightlyJob.Records;

namespace NightlyJob.Running;

/// <summary>The run in one process, with nothing else installed.</summary>
internal static class EmbeddedRun
{
    public static Task<int> RunAsync(NightlySettings settings, CancellationToken cancellationToken)
    {
        var coordinator = NightlyHost.EmbeddedCoordinator(settings);
        return coordinator.WhileRunningAsync(
            () => RunAsync(settings, coordinator.Services.GetRequiredService<IBus>(), cancellationToken), cancellationToken);
    }

    private static async Task<int> RunAsync(NightlySettings settings, IBus bus, CancellationToken cancellationToken)
    {
        var closings = new InMemoryClosings();
        var instances = Enumerable.Range(1, settings.Instances)
            .Select(number => NightlyHost.EmbeddedInstance(settings with { Name = $"instance {number}" }, bus, closings))
            .ToList();
        await Task.WhenAll(instances.Select(instance => instance.StartAsync(cancellationToken)));

        var run = new NightlyRun(settings, closings, TimeProvider.System);
        var due = await run.WatchAsync(_ => { }, cancellationToken);

        await Task.WhenAll(instances.Select(instance => instance.StopAsync(CancellationToken.None)));
        instances.ForEach(instance => instance.Dispose());
        return await run.ReportAsync(due, cancellationToken);
    }
}
