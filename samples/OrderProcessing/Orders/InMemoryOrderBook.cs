namespace OrderProcessing.Orders;

/// <summary>The orders of instances in one process.</summary>
internal sealed class InMemoryOrderBook(int rounds) : IOrderBook
{
    private readonly Lock _gate = new();
    private readonly int[] _processed = new int[rounds * OrderReport.OrdersPerRound];
    private readonly SortedDictionary<string, int> _byInstance = new(StringComparer.Ordinal);
    private int _inside;
    private int _together;

    public Task BeginWorkAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (++_inside > 1)
                _together++;
        }

        return Task.CompletedTask;
    }

    public Task EndWorkAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _inside--;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<int>> PendingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<int>>(
                [.. Enumerable.Range(0, _processed.Length).Where(order => _processed[order] == 0).Take(OrderReport.OrdersPerRound)]);
        }
    }

    public Task MarkProcessedAsync(int order, string instance, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _processed[order]++;
            _byInstance[instance] = _byInstance.GetValueOrDefault(instance) + 1;
        }

        return Task.CompletedTask;
    }

    public Task<bool> IsFinishedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_inside == 0 && _processed.All(times => times > 0));
    }

    public Task<OrderReport> ReportAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(new OrderReport(
                _processed.Length, _processed.Count(times => times > 0), _processed.Count(times => times > 1), _together, [.. _byInstance]));
        }
    }
}
