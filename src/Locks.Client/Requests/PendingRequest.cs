using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>A request that waits for its answer. It stays known for as long as a repeated answer must be told from a stray one.</summary>
internal sealed class PendingRequest(Guid id, RequestLedger ledger) : IDisposable
{
    private readonly TaskCompletionSource<object> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id { get; } = id;

    /// <summary>The answer, or the fault that came instead.</summary>
    public Task<object> Answer => _answer.Task;

    /// <summary>Whether the coordinator has told that the request waits in line.</summary>
    public bool IsQueued => _queued.Task.IsCompleted;

    public void Receive(object reply)
    {
        if (reply is LockQueued)
            _queued.TrySetResult();
        else
            _answer.TrySetResult(reply);
    }

    /// <summary>Waits for an answer, or for the first word that there will be one; but not longer than a while.</summary>
    public async Task WaitForNewsAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        Task news = IsQueued ? Answer : Task.WhenAny(Answer, _queued.Task);
        try
        {
            await news.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // No news.
        }
    }

    public void Fail(Exception exception) => _answer.TrySetException(exception);

    /// <summary>Forgets the request: whatever comes for it from now on is a stray.</summary>
    public void Dispose() => ledger.Forget(this);
}
