namespace ScaleOut.Items;

/// <summary>The items of a run that happens in one process: those of the measurement that goes on.</summary>
internal sealed class InMemoryItems : IItems
{
    private readonly System.Threading.Lock _gate = new();
    private Phase? _phase;
    private (long Fence, int Writes)[] _items = [];

    public Task<Phase?> CurrentAsync(CancellationToken cancellationToken) => Task.FromResult(_phase);

    public Task BeginAsync(Phase phase, int items, CancellationToken cancellationToken)
    {
        lock (_gate)
            (_phase, _items) = (phase, new (long, int)[items]);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<int>> OpenAsync(Phase phase, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<int>>(
                phase == _phase ? [.. Enumerable.Range(1, _items.Length).Where(item => _items[item - 1].Writes == 0)] : []);
        }
    }

    public Task<bool> IsDoneAsync(Phase phase, int item, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(phase != _phase || _items[item - 1].Writes > 0);
    }

    public Task<bool> WriteAsync(Phase phase, int item, long fence, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (phase != _phase || (fence > 0 && fence <= _items[item - 1].Fence))
                return Task.FromResult(false);
            _items[item - 1] = (fence, _items[item - 1].Writes + 1);
            return Task.FromResult(true);
        }
    }

    public Task<PhaseTally> TallyAsync(Phase phase, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(new PhaseTally(_items.Count(item => item.Writes > 0), _items.Sum(item => item.Writes)));
    }
}
