using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Locks.Client.Core.Cohorts;
using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>
/// A request that waits for its answer. It stays known for as long as a repeated answer must be told from a stray one, and for as long as
/// the coordinator may have a last word on what it granted.
/// </summary>
internal sealed class PendingRequest(Guid id, PendingRequests pendingRequests) : IDisposable, IValueTaskSource, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _news;
    private object? _answer;
    private bool _isWaiting;
    private bool _isNews;
    private Action<object>? _onEnded;
    private object? _ended;
    private bool _isForgotten;

    public Guid Id { get; } = id;

    /// <summary>The lease that is asked for, started before that; absent for a request that asks for none.</summary>
    public Deadline? Asked { get; set; }

    /// <summary>Whether there is an answer, or a fault that came instead.</summary>
    public bool IsAnswered => Volatile.Read(ref _answer) is not null;

    /// <summary>The answer, once there is one.</summary>
    /// <exception cref="LockUnavailableException">A fault came instead.</exception>
    public object Answer
    {
        get
        {
            if (_answer is ExceptionDispatchInfo fault)
                fault.Throw();
            return _answer!;
        }
    }

    /// <summary>Whether it was sent more than once, so that the answer may be one to a copy of what was done already.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>Whether the coordinator has told that the request waits in line.</summary>
    public bool IsQueued { get; private set; }

    /// <summary>Whether it waits in line and the coordinator is known to know it.</summary>
    public bool HasPosition { get; private set; }

    /// <summary>Whom to tell each time the coordinator says that the request waits in line.</summary>
    public Action<LockQueued>? OnQueued { get; init; }

    /// <summary>Whether what this request is granted may be taken away unasked: such a word is no answer, whenever it comes.</summary>
    public bool StaysOpenAfterReply { get; init; }

    /// <summary>Its place in a run, once it was granted one.</summary>
    public CohortMembership? CohortMembership { get; private set; }

    /// <summary>Takes a place in a run, in which it waits as it waited in line; unless nobody wants to know any more.</summary>
    public bool TryJoin(CohortMembership membership)
    {
        lock (_gate)
        {
            if (_isForgotten || CohortMembership is not null || IsAnswered)
                return false;
            CohortMembership = membership;
            (IsQueued, HasPosition) = (true, true);
        }

        Wake();
        return true;
    }

    public void Receive(object reply)
    {
        switch (reply)
        {
            case LockQueued queued:
                OnQueued?.Invoke(queued);
                lock (_gate)
                {
                    if (HasPosition)
                        break;
                    (IsQueued, HasPosition) = (true, true);
                }

                Wake();
                break;

            case LockLost or LeaseEnded when StaysOpenAfterReply:
                Action<object>? tell;
                lock (_gate)
                {
                    _ended = reply;
                    tell = _onEnded;
                }

                tell?.Invoke(reply);
                break;

            default:
                Complete(reply);
                break;
        }
    }

    /// <summary>The coordinator may not know any more that it waits in line. What has a place in a run waits for that.</summary>
    public void InvalidatePosition()
    {
        lock (_gate)
        {
            if (!HasPosition || CohortMembership is not null)
                return;
            HasPosition = false;
        }

        Wake();
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

    /// <summary>
    /// Completes when there is news: an answer, the word that it has a place in line, or has none any more, or a <see cref="Wake"/>. Only one
    /// caller at a time waits.
    /// </summary>
    public ValueTask WaitForNewsAsync()
    {
        lock (_gate)
        {
            if (_isNews)
            {
                _isNews = false;
                return ValueTask.CompletedTask;
            }

            _news.Reset();
            _isWaiting = true;
            return new ValueTask(this, _news.Version);
        }
    }

    /// <summary>Has whoever waits look what has become of the request.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                _isNews = true;
                return;
            }

            _isWaiting = false;
        }

        // At the end of the pool's common queue. A continuation would go to the queue of the thread that reads the replies, where other threads
        // look last: a batcher that waits for all who were answered, so as to take along what they ask next, would leave ahead of them.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Fail(Exception exception) => Complete(ExceptionDispatchInfo.Capture(exception));

    private void Complete(object answer)
    {
        lock (_gate)
        {
            if (_answer is not null)
                return;
            _answer = answer;
        }

        Wake();
    }

    /// <summary>Whether nobody waits for an answer any more.</summary>
    public bool IsForgotten => _isForgotten;

    /// <summary>Whoever waits goes on, here. Nobody begins to wait anew before that.</summary>
    void IThreadPoolWorkItem.Execute() => _news.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _news.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _news.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _news.OnCompleted(continuation, state, token, flags);

    /// <summary>Forgets the request: whatever comes for it from now on is a stray.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isForgotten = true;
        pendingRequests.Forget(this);
    }
}
