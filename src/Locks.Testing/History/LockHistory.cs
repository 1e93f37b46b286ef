using System.Runtime.CompilerServices;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Storage;
using MassTransit;

namespace Locks.Testing.History;

/// <summary>
/// Every lock and its history, as they were stored. It learns what is decided from the state machine, and writes it down when the store has
/// taken it: a decision that was refused for a conflict never happened. So it sees all locks, whoever asked for them and however.
/// </summary>
internal sealed class LockHistory(LockTestHarnessOptions options) : IEventObserver<LockSaga>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Page> _pages = new(StringComparer.Ordinal);
    // By the state that each leads to, until that is stored.
    private readonly ConditionalWeakTable<LockState, Draft> _drafts = [];
    // Who was denied on which state: a decision that is made again, because it was made from memory, is not told again.
    private readonly ConditionalWeakTable<LockState, HashSet<Guid>> _denied = [];
    private TaskCompletionSource _news = NewNews();
    private long _entries;

    /// <summary>How much has been written down.</summary>
    public long Entries => Interlocked.Read(ref _entries);

    /// <summary>Completes when something is written down.</summary>
    public Task News
    {
        get
        {
            lock (_gate)
                return _news.Task;
        }
    }

    public LockView Look(string key)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(key, out var page))
                return new LockView(key, Holder: null, [], []);

            var holder = page.State?.Holder is { } held
                ? new LockHolder(held.Owner, held.FencingToken, held.ExpiresAt, IsGivenBack: held.ReleasedAt is not null)
                : null;
            return new LockView(key, holder, [.. page.State?.Waiters.InOrder.Select(waiter => waiter.Owner) ?? []], [.. page.Events]);
        }
    }

    /// <summary>Something was stored.</summary>
    public void WriteDown(LockWrite write)
    {
        var drafts = new Stack<Draft>();
        var state = write.State;
        while (_drafts.TryGetValue(state, out var draft) && _drafts.Remove(state))
        {
            drafts.Push(draft);
            state = draft.Before;
        }

        WriteDown(write.State.Key, drafts.SelectMany(draft => draft.Events), write.State);
    }

    public Task PreExecute(BehaviorContext<LockSaga> context) => Task.CompletedTask;

    public Task PreExecute<T>(BehaviorContext<LockSaga, T> context)
        where T : class => Task.CompletedTask;

    public Task PostExecute(BehaviorContext<LockSaga> context) => Task.CompletedTask;

    public Task PostExecute<T>(BehaviorContext<LockSaga, T> context)
        where T : class
    {
        if (!context.TryGetPayload(out Decision? decision))
            return Task.CompletedTask;

        List<LockEvent> events = [.. DecisionNarrator.Of(decision, (context.Message as AcquireLock)?.Owner, options.Time.GetUtcNow())];
        if (decision.ChangesLock)
            _drafts.AddOrUpdate(decision.After, new Draft(decision.Before, events));
        else if (events.Count > 0)
            Tell(decision, events);
        return Task.CompletedTask;
    }

    public Task ExecuteFault(BehaviorContext<LockSaga> context, Exception exception) => Task.CompletedTask;

    public Task ExecuteFault<T>(BehaviorContext<LockSaga, T> context, Exception exception)
        where T : class => Task.CompletedTask;

    /// <summary>What changes nothing is not stored. It is told after what it was decided on, which may be waiting to be stored.</summary>
    private void Tell(Decision decision, List<LockEvent> events)
    {
        if (_drafts.TryGetValue(decision.Before, out var draft))
        {
            draft.Events.AddRange(events);
            return;
        }

        var denied = _denied.GetOrCreateValue(decision.Before);
        bool isNew;
        lock (denied)
            isNew = decision.Outcomes.OfType<Outcome.Denied>().All(outcome => denied.Add(outcome.AcquireId));
        if (isNew)
            WriteDown(decision.Before.Key, events, stored: null);
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void WriteDown(string key, IEnumerable<LockEvent> events, LockState? stored)
    {
        TaskCompletionSource news;
        lock (_gate)
        {
            if (!_pages.TryGetValue(key, out var page))
                _pages.Add(key, page = new Page());
            page.Events.AddRange(events);
            page.State = stored ?? page.State;
            _entries++;
            (news, _news) = (_news, NewNews());
        }

        news.SetResult();
    }

    private sealed record Draft(LockState Before, List<LockEvent> Events);

    private sealed class Page
    {
        public List<LockEvent> Events { get; } = [];

        public LockState? State { get; set; }
    }
}
