using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Locks.Client.Core.Cohorts;
using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>
/// A request that waits for its answer. It stays open for as long as a repeated answer must be told from a stray one, and for as long as
/// the coordinator may take away what it granted.
/// </summary>
internal sealed class PendingRequest(Guid id, PendingRequests pendingRequests, long number) : IDisposable, ITimed, IValueTaskSource, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _signal;
    private object? _answer;
    private bool _isWaiting;
    private bool _isSignaled;
    private Action<object>? _lossHandler;
    private object? _loss;
    private bool _isClosed;
    private bool _hasLeft;

    public Guid Id { get; } = id;

    /// <summary>The requests of a client have rising numbers, in the order in which they were opened.</summary>
    public long Number => number;

    /// <summary>The lease that the request asks for, counted from before it first left; absent for a request that asks for none.</summary>
    public Deadline? RequestedLease { get; set; }

    /// <summary>Whether there is an answer, or a fault in its place.</summary>
    public bool IsAnswered => Volatile.Read(ref _answer) is not null;

    /// <summary>The answer, once there is one.</summary>
    /// <exception cref="LockUnavailableException">A fault came in its place.</exception>
    public object Answer
    {
        get
        {
            if (_answer is ExceptionDispatchInfo fault)
                fault.Throw();
            return _answer!;
        }
    }

    /// <summary>The answer, or a fault in its place; <see langword="null"/> before there is one.</summary>
    public object? AnswerIfAny => Volatile.Read(ref _answer);

    /// <summary>Whether the request was sent more than once. The answer may then be one to a copy of what was done already.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>Whether the coordinator has reported the request as queued at least once.</summary>
    public bool IsQueued { get; private set; }

    /// <summary>Whether the request is queued and the coordinator is sure to know it.</summary>
    public bool HasPosition { get; private set; }

    /// <summary>
    /// Completed when the request is first known to wait for a holder of the lock. The request, which stays open for as long as the lock is
    /// held, refers to nothing else of its caller's.
    /// </summary>
    public TaskCompletionSource? Queued { get; init; }

    /// <summary>What the coordinator told last of the queue that the request waits in, and the timestamp at which it came.</summary>
    public (LockQueued Reply, long At)? LastQueued { get; private set; }

    /// <summary>Called each time the coordinator reports the request as queued.</summary>
    public Action<LockQueued>? OnQueued { get; init; }

    /// <summary>
    /// Whether the coordinator may take away what it grants to this request. Such a message is no answer, whenever it comes.
    /// </summary>
    public bool StaysOpenAfterReply { get; init; }

    /// <summary>The membership of the cohort that the request was granted with, if it was.</summary>
    public CohortMembership? CohortMembership { get; private set; }

    /// <summary>Whether the request is closed: no caller waits for an answer any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Joins a cohort, in which the request waits as it waited in the queue.</summary>
    /// <returns>Whether it joined; not if it is answered, closed, or a member already.</returns>
    public bool TryJoinCohort(CohortMembership membership)
    {
        lock (_gate)
        {
            if (_isClosed || CohortMembership is not null || IsAnswered)
                return false;
            CohortMembership = membership;
            (IsQueued, HasPosition) = (true, true);
        }

        Queued?.TrySetResult();
        Signal();
        return true;
    }

    /// <summary>The request leaves. The lease that it asks for can't have begun before it first does, however long it waited here.</summary>
    /// <param name="timestamp">The timestamp of the clock.</param>
    public void OnLeavingAt(long timestamp)
    {
        if (_hasLeft)
            return;

        _hasLeft = true;
        if (RequestedLease is { } lease)
            RequestedLease = lease with { Start = timestamp };
    }

    /// <summary>Takes in a reply of the coordinator.</summary>
    public void OnReply(object reply)
    {
        switch (reply)
        {
            case LockQueued queued:
                bool isFirst;
                lock (_gate)
                {
                    LastQueued = (queued, pendingRequests.Now);
                    isFirst = !HasPosition;
                    (IsQueued, HasPosition) = (true, true);
                }

                OnQueued?.Invoke(queued);
                Queued?.TrySetResult();
                if (isFirst)
                    Signal();
                break;

            case LockLost or LeaseEnded when StaysOpenAfterReply:
                Action<object>? handler;
                lock (_gate)
                {
                    _loss = reply;
                    handler = _lossHandler;
                }

                handler?.Invoke(reply);
                break;

            default:
                Complete(reply);
                break;
        }
    }

    /// <summary>
    /// The coordinator may have lost the queued request. A member of a cohort is granted already, and keeps its position.
    /// </summary>
    public void InvalidatePosition()
    {
        lock (_gate)
        {
            if (!HasPosition || CohortMembership is not null)
                return;
            HasPosition = false;
        }

        Signal();
    }

    /// <summary>Calls the handler when the coordinator takes away what it granted; at once if it has done so already.</summary>
    public void SubscribeToLoss(Action<object> handler)
    {
        object? loss;
        lock (_gate)
        {
            _lossHandler = handler;
            loss = _loss;
        }

        if (loss is not null)
            handler(loss);
    }

    /// <summary>
    /// The client stops. What the request was granted is told, so that it ends; a request for a grant that is not answered yet is refused.
    /// </summary>
    public void OnClientStop(ClientStop stop, Func<Exception> refusal)
    {
        if (!StaysOpenAfterReply)
            return;

        Action<object>? handler;
        lock (_gate)
        {
            _loss ??= stop;
            handler = _lossHandler;
        }

        handler?.Invoke(stop);
        Fail(refusal());
    }

    /// <summary>
    /// Completes when the state of the request has changed: it is answered, it is queued or must be queued again, or there was a call of
    /// <see cref="Signal"/>. Only one caller waits at a time.
    /// </summary>
    public ValueTask WaitForSignalAsync()
    {
        lock (_gate)
        {
            if (_isSignaled)
            {
                _isSignaled = false;
                return ValueTask.CompletedTask;
            }

            _signal.Reset();
            _isWaiting = true;
            return new ValueTask(this, _signal.Version);
        }
    }

    /// <summary>Has the waiting caller look at the state of the request.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                _isSignaled = true;
                return;
            }

            _isWaiting = false;
        }

        pendingRequests.BeginGoingOn();

        // The caller goes on at the end of the pool's global queue. A continuation would go to the local queue of the thread that reads the
        // replies, where other threads look last: a batcher that flushes after all answered callers, so as to send their next commands
        // along, would flush ahead of them.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void ITimed.OnTimer() => Signal();

    /// <summary>Fails the request unless it is answered already.</summary>
    public void Fail(Exception exception) => Complete(ExceptionDispatchInfo.Capture(exception));

    /// <summary>Answers the request unless it is answered already.</summary>
    public void Complete(object answer)
    {
        lock (_gate)
        {
            if (_answer is not null)
                return;
            _answer = answer;
        }

        Signal();
    }

    /// <summary>Resumes the waiting caller on this thread. No other wait begins before that.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _signal.SetResult(true);
        }
        finally
        {
            pendingRequests.EndGoingOn();
        }
    }

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    /// <summary>Closes the request: replies that arrive from now on are strays.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isClosed = true;
        pendingRequests.Remove(this);
    }
}
