namespace OrderProcessing.Orders;

/// <summary>The orders, where all instances find them; and what came of them. Nothing in it keeps two instances apart.</summary>
internal interface IOrderBook
{
    /// <summary>An instance begins.</summary>
    Task BeginWorkAsync(CancellationToken cancellationToken);

    /// <summary>An instance has ended.</summary>
    Task EndWorkAsync(CancellationToken cancellationToken);

    /// <summary>The next orders that are not processed.</summary>
    Task<IReadOnlyList<int>> PendingAsync(CancellationToken cancellationToken);

    Task MarkProcessedAsync(int order, string instance, CancellationToken cancellationToken);

    /// <summary>Whether no order is pending, and no instance is at work.</summary>
    Task<bool> IsFinishedAsync(CancellationToken cancellationToken);

    Task<OrderReport> ReportAsync(CancellationToken cancellationToken);
}
