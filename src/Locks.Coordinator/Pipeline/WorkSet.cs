using Locks.Coordinator.Diagnostics.Tracing;
using MassTransit;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// Work items that are posted together, over as many attempts as it takes: an item that is done is not run again, and one that fails does
/// not fail the others.
/// </summary>
/// <param name="replyTo">Where the sender of the items gets its replies. Absent when they have no sender.</param>
internal class WorkSet(Uri? replyTo)
{
    private readonly List<WorkItem> _items = [];
    private TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _sendFailure;
    private int _unsent;

    public Uri? ReplyTo => replyTo;

    /// <summary>The message that brought the items, in its current attempt.</summary>
    public ConsumeContext Context { get; private set; } = null!;

    protected IEnumerable<WorkItem> Open => _items.Where(item => !item.IsDone);

    public void Add(WorkItem item)
    {
        item.Set = this;
        _items.Add(item);
    }

    /// <summary>
    /// Runs what is not done yet. Completes when each item has returned and its replies were sent: a message that is acknowledged before that
    /// may be forgotten by the broker with its replies unsent.
    /// </summary>
    /// <exception cref="Machine.LockConflictException">Another coordinator has changed some of the locks meanwhile.</exception>
    /// <exception cref="Storage.LockStoreUnavailableException">The store is away.</exception>
    public async Task ExecuteAsync(ConsumeContext context, PartitionWorkers workers)
    {
        Context = context;
        List<WorkItem> open = [.. Open];
        if (open.Count == 0)
            return;

        _returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sendFailure = null;
        _unsent = open.Count;
        if (CoordinatorTracing.IsEnabled)
            open.ForEach(item => item.BeginSpan(workers.Traces));
        BeforePost(open.Count);
        workers.Post(open);
        await _returned.Task.ConfigureAwait(false);

        if (_sendFailure is not null)
            throw _sendFailure;
        if (open.Find(item => item.Failure is not null) is { Failure: { } failure })
            throw failure;
    }

    /// <summary>An item has returned from its worker; its replies are in the buffer.</summary>
    public virtual void Returned(ReplyBuffer replies)
    {
    }

    /// <summary>
    /// The replies of one of the items were sent, as far as they could be. The items of a set may return in several groups, whose replies
    /// are sent side by side.
    /// </summary>
    /// <param name="unsent">The addresses that nothing could be sent to.</param>
    public void RepliesSent(IReadOnlyDictionary<Uri, Exception>? unsent)
    {
        if (replyTo is not null && unsent?.TryGetValue(replyTo, out var failure) is true)
            _sendFailure = failure;
        if (Interlocked.Decrement(ref _unsent) == 0)
            _returned.TrySetResult();
    }

    protected bool AllDone => _items.TrueForAll(item => item.IsDone);

    protected virtual void BeforePost(int items)
    {
    }
}
