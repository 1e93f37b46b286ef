using Locks.Client;
using Microsoft.Extensions.Hosting;
using OrderProcessing.Orders;

namespace OrderProcessing;

/// <summary>Runs on every instance, and lets one of them at a time process the orders that are pending.</summary>
internal sealed class OrderProcessingService(
    IDistributedLockFactory lockFactory, IOrderProcessor orderProcessor, TimeProvider time) : BackgroundService
{
    // A real one would take 30 s or so.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var distributedLock = lockFactory.CreateLock(
                "order-processing-lock",
                TimeSpan.FromMinutes(5));

            if (await distributedLock.TryAcquireAsync(stoppingToken))
            {
                try
                {
                    await orderProcessor.ProcessPendingOrdersAsync();
                }
                finally
                {
                    await distributedLock.ReleaseAsync(CancellationToken.None);
                }
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }
}
