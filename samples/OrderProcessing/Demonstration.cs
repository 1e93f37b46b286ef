using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using OrderProcessing.Instances;
using OrderProcessing.Orders;

namespace OrderProcessing;

/// <summary>Several instances of one application, and orders for as many rounds as were asked for.</summary>
internal static class Demonstration
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(2);

    /// <returns>Whether all went well.</returns>
    /// <exception cref="TimeoutException">The orders were not processed in time.</exception>
    public static async Task<bool> RunAsync(int instances, int rounds, bool withLocks, CancellationToken cancellationToken)
    {
        var book = new OrderBook(rounds);
        using var coordinator = InstanceHost.Coordinator();
        await coordinator.StartAsync(cancellationToken);
        var bus = coordinator.Services.GetRequiredService<IBus>();
        var hosts = Enumerable.Range(1, instances).Select(number => InstanceHost.Create($"instance {number}", book, bus, withLocks)).ToList();
        await Task.WhenAll(hosts.Select(host => host.StartAsync(cancellationToken)));

        await book.Finished.WaitAsync(LongestRun, TimeProvider.System, cancellationToken);

        await Task.WhenAll(hosts.Select(host => host.StopAsync(CancellationToken.None)));
        hosts.ForEach(host => host.Dispose());
        await coordinator.StopAsync(CancellationToken.None);

        var report = book.Report();
        foreach (var line in report.Lines())
            Console.WriteLine(line);
        return report.IsRight;
    }
}
