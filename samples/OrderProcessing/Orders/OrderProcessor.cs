namespace OrderProcessing.Orders;

/// <summary>
/// Looks which orders are pending, and then processes them one by one. Right for one instance; two at a time see the same orders pending,
/// and process them twice.
/// </summary>
internal sealed class OrderProcessor(string instance, OrderBook book, TimeProvider time) : IOrderProcessor
{
    private static readonly TimeSpan Effort = TimeSpan.FromMilliseconds(2);

    public async Task ProcessPendingOrdersAsync()
    {
        book.Enter();
        foreach (var order in book.Pending())
        {
            await Task.Delay(Effort, time);
            book.MarkProcessed(order, instance);
        }

        book.Leave();
    }
}
