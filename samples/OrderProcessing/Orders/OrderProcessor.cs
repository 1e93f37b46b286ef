namespace OrderProcessing.Orders;

/// <summary>
/// Looks which orders are pending, and then processes them one by one. Right for one instance; two at a time see the same orders pending,
/// and process them twice.
/// </summary>
internal sealed class OrderProcessor(string instance, IOrderBook book, TimeProvider time) : IOrderProcessor
{
    private static readonly TimeSpan Effort = TimeSpan.FromMilliseconds(2);

    public async Task ProcessPendingOrdersAsync()
    {
        await book.BeginWorkAsync(CancellationToken.None);
        foreach (var order in await book.PendingAsync(CancellationToken.None))
        {
            await Task.Delay(Effort, time);
            await book.MarkProcessedAsync(order, instance, CancellationToken.None);
        }

        await book.EndWorkAsync(CancellationToken.None);
    }
}
