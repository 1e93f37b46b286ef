using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using OrderProcessing.CommandLine;
using OrderProcessing.Instances;
using OrderProcessing.Orders;

namespace OrderProcessing.Running;

/// <summary>The run in one process, with nothing else installed.</summary>
internal static class EmbeddedRun
{
    public static Task<int> RunAsync(OrderSettings settings, CancellationToken cancellationToken)
    {
        var coordinator = InstanceHost.EmbeddedCoordinator(settings);
        return coordinator.WhileRunningAsync(
            () => RunAsync(settings, coordinator.Services.GetRequiredService<IBus>(), cancellationToken), cancellationToken);
    }

    private static async Task<int> RunAsync(OrderSettings settings, IBus bus, CancellationToken cancellationToken)
    {
        var book = new InMemoryOrderBook(settings.Rounds);
        var instances = Enumerable.Range(1, settings.Instances)
            .Select(number => InstanceHost.Embedded(settings with { Name = $"instance {number}" }, bus, book))
            .ToList();
        await Task.WhenAll(instances.Select(instance => instance.StartAsync(cancellationToken)));

        await OrderRun.FinishAsync(book, TimeProvider.System, cancellationToken);

        await Task.WhenAll(instances.Select(instance => instance.StopAsync(CancellationToken.None)));
        instances.ForEach(instance => instance.Dispose());
        return await OrderRun.ReportAsync(book, cancellationToken);
    }
}
