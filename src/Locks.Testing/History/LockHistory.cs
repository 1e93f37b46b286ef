using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;

namespace Locks.Testing.History;

/// <summary>
/// Every lock and its history, as the coordinator has committed them: the locks of all clients, however they were requested.
/// </summary>
internal sealed class LockHistory(LockTestHarnessOptions options) : ICommitObserver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Page> _pages = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSource();
    private long _entries;

    /// <summary>How many decisions were recorded.</summary>
    public long Entries => Interlocked.Read(ref _entries);

    /// <summary>Completes when the next decisions are recorded.</summary>
    public Task NextChange
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    public LockView Look(string key)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(key, out var page))
                return new LockView(key, Holder: null, [], []);

            var holder = page.State.Holder is { } held
                ? new LockHolder(held.Owner, held.FencingToken, held.ExpiresAt, IsCooling: held.Stage == LockStage.Cooling)
                : null;
            return new LockView(key, holder, [.. page.State.Waiters.InOrder.Select(waiter => waiter.Owner)], [.. page.Events]);
        }
    }

    public void OnCommitted(IReadOnlyList<Decision> decisions)
    {
        var now = options.Time.GetUtcNow();
        TaskCompletionSource changed;
        lock (_gate)
        {
            foreach (var decision in decisions)
                Record_NeedsGate(decision, now);
            (changed, _changed) = (_changed, NewSource());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Record_NeedsGate(Decision decision, DateTimeOffset now)
    {
        var key = decision.After.Key;
        if (!_pages.TryGetValue(key, out var page))
            _pages.Add(key, page = new Page(decision.After));
        page.Events.AddRange(DecisionNarrator.Of(decision, now));
        page.State = decision.After;
        Interlocked.Increment(ref _entries);
    }

    private sealed class Page(LockState state)
    {
        public List<LockEvent> Events { get; } = [];

        public LockState State { get; set; } = state;
    }
}
