namespace Locks.Client.ConsumeFilter.Ordering;

/// <summary>
/// The deliveries of one RabbitMQ channel in the order in which the broker sent them. They are consumed concurrently, so a later one may
/// come to its guard first. The broker numbers them without gaps: a delivery waits until all before it are known, and then for those of its
/// own key.
/// </summary>
internal sealed class DeliverySequence(TimeProvider time)
{
    // Long enough for a machine that is overloaded. What keeps a delivery from being known for longer is a filter that delays it, such as a
    // limit, which may wait for this very delivery.
    private static readonly TimeSpan GapLimit = TimeSpan.FromSeconds(10);

    // How long the request of an earlier delivery may be unanswered.
    private static readonly TimeSpan PredecessorLimit = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _knownAhead = [];
    // By key, those that are not in the queue of their lock yet.
    private readonly Dictionary<string, SortedSet<ulong>> _unqueued = new(StringComparer.Ordinal);
    private readonly List<(Func<bool> Condition, TaskCompletionSource Signal)> _waiting = [];
    private ulong _known;

    /// <summary>Whether no delivery has still to get into the queue of its lock.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _unqueued.Count == 0;
        }
    }

    /// <summary>The key of a delivery is known.</summary>
    public void Enter(ulong number, string key)
    {
        lock (_gate)
        {
            if (!_unqueued.TryGetValue(key, out var numbers))
                _unqueued.Add(key, numbers = []);
            numbers.Add(number);
        }
    }

    /// <summary>All is known of a delivery that has to be: its key, or that it has none.</summary>
    public void SetKnown(ulong number) => Change(() =>
    {
        if (number > _known)
            _knownAhead.Add(number);
        Advance_NeedsGate();
    });

    /// <summary>A delivery is in the queue of its lock, has it, or will not get it.</summary>
    public void Leave(ulong number, string key) => Change(() =>
    {
        if (_unqueued.TryGetValue(key, out var numbers) && numbers.Remove(number) && numbers.Count == 0)
            _unqueued.Remove(key);
    });

    /// <summary>Waits until the earlier deliveries of the same key have left.</summary>
    public async Task WaitForPredecessorsAsync(ulong number, string key, CancellationToken cancellationToken)
    {
        if (!await WaitAsync(() => _known + 1 >= number, GapLimit, cancellationToken).ConfigureAwait(false))
            Change(() => GiveUpBefore_NeedsGate(number));
        await WaitAsync(() => !_unqueued.TryGetValue(key, out var numbers) || numbers.Min >= number, PredecessorLimit, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <returns>Whether the condition holds; not if the limit has passed before.</returns>
    private async Task<bool> WaitAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition())
                return true;
            _waiting.Add((condition, signal));
        }

        try
        {
            await signal.Task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_gate)
                _waiting.RemoveAll(waiting => waiting.Signal == signal);
        }
    }

    private void GiveUpBefore_NeedsGate(ulong number)
    {
        _known = Math.Max(_known, number - 1);
        _knownAhead.RemoveWhere(ahead => ahead <= _known);
        Advance_NeedsGate();
    }

    private void Advance_NeedsGate()
    {
        while (_knownAhead.Remove(_known + 1))
            _known++;
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            foreach (var (condition, signal) in _waiting)
            {
                if (condition())
                    signal.TrySetResult();
            }
        }
    }
}
