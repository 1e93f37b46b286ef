namespace OrderProcessing.Orders;

/// <summary>The orders, where all instances find them; and what came of them.</summary>
internal sealed class OrderBook(int rounds)
{
    private const int OrdersPerRound = 5;

    private readonly Lock _gate = new();
    private readonly int[] _processed = new int[rounds * OrdersPerRound];
    private readonly SortedDictionary<string, int> _byInstance = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;
    private int _together;

    /// <summary>Completes when no order is pending and none is being processed.</summary>
    public Task Finished => _finished.Task;

    public void Enter()
    {
        lock (_gate)
        {
            if (++_inside > 1)
                _together++;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_inside == 0 && _processed[^1] > 0)
                _finished.TrySetResult();
        }
    }

    /// <summary>The next orders that are not processed.</summary>
    public IReadOnlyList<int> Pending()
    {
        lock (_gate)
            return [.. Enumerable.Range(0, _processed.Length).Where(order => _processed[order] == 0).Take(OrdersPerRound)];
    }

    public void MarkProcessed(int order, string instance)
    {
        lock (_gate)
        {
            _processed[order]++;
            _byInstance[instance] = _byInstance.GetValueOrDefault(instance) + 1;
        }
    }

    public OrderReport Report()
    {
        lock (_gate)
        {
            return new OrderReport(
                _processed.Length, _processed.Count(times => times > 0), _processed.Count(times => times > 1), _together, [.. _byInstance]);
        }
    }
}
