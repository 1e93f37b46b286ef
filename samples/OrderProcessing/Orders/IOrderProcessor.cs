namespace OrderProcessing.Orders;

/// <summary>Processes what is pending; not to be called by two at a time.</summary>
internal interface IOrderProcessor
{
    Task ProcessPendingOrdersAsync();
}
