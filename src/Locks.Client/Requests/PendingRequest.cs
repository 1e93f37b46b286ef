using Locks.Client.Core.Runs;
using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>
/// A request that waits for its answer. It stays known for as long as a repeated answer must be told from a stray one, and for as long as
/// the coordinator may have a last word on what it granted.
/// </summary>
internal sealed class PendingRequest(Guid id, RequestLedger ledger) : IDisposable
{
    private readonly TaskCompletionSource<object> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _queued;
    private readonly Lock _gate = new();
    private Action<object>? _onEnded;
    private object? _ended;
    private bool _isForgotten;

    public Guid Id { get; } = id;

    /// <summary>The lease that is asked for, started before that; absent for a request that asks for none.</summary>
    public Deadline? Asked { get; set; }

    /// <summary>The answer, or the fault that came instead.</summary>
    public Task<object> Answer => _answer.Task;

    /// <summary>Whether the coordinator has told that the request waits in line.</summary>
    public bool IsQueued { get; private set; }

    /// <summary>Whom to tell each time the coordinator says that the request waits in line.</summary>
    public Action<LockQueued>? OnQueued { get; init; }

    /// <summary>Whether what this request is granted may be taken away unasked: such a word is no answer, whenever it comes.</summary>
    public bool IsForKeeps { get; init; }

    /// <summary>Its place in a run, once it was granted one.</summary>
    public Seat? Seat { get; private set; }

    /// <summary>Takes a place in a run, in which it waits as it waited in line; unless nobody wants to know any more.</summary>
    public bool TrySeat(Seat seat)
    {
        lock (_gate)
        {
            if (_isForgotten || Seat is not null || Answer.IsCompleted)
                return false;
            Seat = seat;
            SetQueued_NeedsGate();
        }

        return true;
    }

    public void Receive(object reply)
    {
        switch (reply)
        {
            case LockQueued queued:
                OnQueued?.Invoke(queued);
                lock (_gate)
                    SetQueued_NeedsGate();

                break;

            case LockLost or LeaseEnded when IsForKeeps:
                Action<object>? tell;
                lock (_gate)
                {
                    _ended = reply;
                    tell = _onEnded;
                }

                tell?.Invoke(reply);
                break;

            default:
                _answer.TrySetResult(reply);
                break;
        }
    }

    /// <summary>Tells when the coordinator takes away what was granted; at once if it has already.</summary>
    public void WhenEnded(Action<object> tell)
    {
        object? ended;
        lock (_gate)
        {
            _onEnded = tell;
            ended = _ended;
        }

        if (ended is not null)
            tell(ended);
    }

    /// <summary>Waits for an answer, or for the first word that there will be one; but not longer than a while.</summary>
    public async Task WaitForNewsAsync(bool mayQueue, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        Task news = Answer;
        lock (_gate)
        {
            if (mayQueue && !IsQueued)
                news = Task.WhenAny(Answer, (_queued ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task);
        }

        try
        {
            await news.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // No news.
        }
    }

    private void SetQueued_NeedsGate()
    {
        IsQueued = true;
        _queued?.TrySetResult();
    }

    public void Fail(Exception exception) => _answer.TrySetException(exception);

    /// <summary>Whether nobody waits for an answer any more.</summary>
    public bool IsForgotten => _isForgotten;

    /// <summary>Forgets the request: whatever comes for it from now on is a stray.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isForgotten = true;
        ledger.Forget(this);
    }
}
