using Locks.Contracts;
using Locks.Transport;

namespace Locks.Client.Requests;

/// <summary>
/// Sends buffered commands to one partition of the coordinator, as many to a batch as are pending. An idle batcher sends at once whatever
/// it has. While a batch is in flight, which it is until every command in it is decided, the next one fills; a second one leaves before
/// that only when it is well filled. So a lone command never waits, and many commands share the cost of a message. A command on a lock that
/// is part of a batch in flight waits for that batch: the commands of one lock are decided in the order in which they were posted. An
/// acquire that can wait for a release travels with it (<see cref="HandoffBuffer"/>).
/// </summary>
internal sealed class CommandBatcher
{
    private const int MaxBatchBytes = 512 * 1024;
    private const int MaxInFlight = 2;

    // So many pending commands are worth a batch of their own while another one is in flight.
    private const int SecondBatchThreshold = 64;

    private readonly Func<LockCommands, Deadline, Task> _send;
    private readonly TimeProvider _time;
    private readonly TimeSpan _decisionTimeout;
    private readonly ITimer _inFlightTimer;
    private readonly Lock _gate = new();
    private readonly List<Batch> _inFlight = [];
    private readonly HandoffBuffer _handoffs;
    private readonly ITimer _deferralTimer;
    private Queue<OutgoingCommand> _pending = new();
    private bool _isFlushing;
    private bool _isDeferralTimerSet;
    private int _gatherings;

    /// <param name="send">Sends a batch; it is worthless after the deadline.</param>
    /// <param name="time">The clock.</param>
    /// <param name="decisionTimeout">How long a batch counts as in flight when the coordinator does not report it as decided.</param>
    public CommandBatcher(Func<LockCommands, Deadline, Task> send, TimeProvider time, TimeSpan decisionTimeout)
    {
        _send = send;
        _time = time;
        _decisionTimeout = decisionTimeout;
        _handoffs = new HandoffBuffer(time);
        _inFlightTimer = DetachedContext.CreateTimer(time, static batcher => ((CommandBatcher)batcher!).OnInFlightTimeout(), this);
        _deferralTimer = DetachedContext.CreateTimer(time, static batcher => ((CommandBatcher)batcher!).OnDeferralTimeout(), this);
    }

    /// <summary>Why the last batch could not be sent; <see langword="null"/> if it could.</summary>
    public Exception? LastSendError { get; private set; }

    /// <summary>Adds a command to the next batch. A command that is pending already is not added twice.</summary>
    public void Post(OutgoingCommand command)
    {
        if (!command.TryPost())
            return;

        lock (_gate)
        {
            if (command.Command.Release is not null)
            {
                Enqueue_NeedsGate(_handoffs.ReleasePosted(command.LockId));
            }
            else if (_handoffs.TryDefer(command))
            {
                command.SetDeferred();
                StartDeferralTimer_NeedsGate();
                return;
            }

            _pending.Enqueue(command);
            if (!TryBeginFlush_NeedsGate())
                return;
        }

        // An acquire that may be queued loses nothing by leaving a moment later, and shares the batch with those of the same moment.
        if (command.Command.Acquire is { Wait: not null })
            ScheduleFlush(preferLocal: false);
        else
            DetachedContext.Run(static batcher => _ = ((CommandBatcher)batcher!).FlushAsync(), this);
    }

    /// <summary>
    /// Holds every batch back until <see cref="EndGathering"/>, for the moment in which one caller posts many commands: they travel together.
    /// </summary>
    public void BeginGathering()
    {
        lock (_gate)
            _gatherings++;
    }

    /// <summary>Sends what has been posted since <see cref="BeginGathering"/>.</summary>
    public void EndGathering()
    {
        lock (_gate)
        {
            // Also with nothing posted: a flush that came meanwhile has left the timer of batches in flight set.
            _gatherings--;
            if (!TryBeginFlush_NeedsGate())
                return;
        }

        ScheduleFlush(preferLocal: false);
    }

    /// <summary>A member of a cohort in this client now holds the lock; the client releases it when the last member is done.</summary>
    /// <param name="lockId">The lock.</param>
    /// <param name="othersWait">Whether another client is next in the lock's queue.</param>
    public void HandoffStarted(Guid lockId, bool othersWait)
    {
        lock (_gate)
            _handoffs.HandoffStarted(lockId, othersWait);
    }

    /// <summary>The coordinator has answered the release of a cohort's lock.</summary>
    public void HandoffCompleted(Guid lockId) => FlushDeferred(_handoffs.HandoffCompleted, lockId);

    /// <summary>A cohort's lock is lost: no release follows.</summary>
    public void HandoffAborted(Guid lockId) => FlushDeferred(_handoffs.HandoffAborted, lockId);

    /// <summary>The coordinator has decided every command of a batch: the next batch may leave.</summary>
    public void OnBatchDecided(Guid batchId) => EndBatch(batchId, isDecided: true);

    private void FlushDeferred(Func<Guid, IReadOnlyList<OutgoingCommand>> end, Guid lockId)
    {
        lock (_gate)
        {
            Enqueue_NeedsGate(end(lockId));
            if (_pending.Count == 0 || !TryBeginFlush_NeedsGate())
                return;
        }

        // The flush runs after the continuation of the caller that was just answered, so that its next command joins the batch.
        ScheduleFlush(preferLocal: true);
    }

    private void EndBatch(Guid batchId, bool isDecided)
    {
        Batch? ended;
        bool mayFlush;
        lock (_gate)
        {
            ended = _inFlight.Find(batch => batch.Id == batchId);
            if (ended is null)
                return;
            _inFlight.Remove(ended);
            if (isDecided)
                _handoffs.RoundTrip = _time.GetElapsedTime(ended.Due.Start);
            mayFlush = TryBeginFlush_NeedsGate();
        }

        ended.OneWay.ForEach(static command => command.SetDecided());

        // The flush runs after the continuations of all callers that were just answered, so that their next commands join the batch.
        if (mayFlush)
            ScheduleFlush(preferLocal: false);
    }

    private void StartDeferralTimer_NeedsGate()
    {
        if (_isDeferralTimerSet || !_handoffs.HasDeferred)
            return;

        _isDeferralTimerSet = true;
        _deferralTimer.Change(_handoffs.RoundTrip, Timeout.InfiniteTimeSpan);
    }

    private void Enqueue_NeedsGate(IReadOnlyList<OutgoingCommand> commands)
    {
        foreach (var command in commands)
            _pending.Enqueue(command);
    }

    /// <returns>Whether the caller must flush now: no flush is running, and a batch may leave.</returns>
    private bool TryBeginFlush_NeedsGate()
    {
        if (_isFlushing || !MayBatchLeave_NeedsGate())
            return false;

        _isFlushing = true;
        return true;
    }

    private bool MayBatchLeave_NeedsGate() =>
        _gatherings == 0 && (_inFlight.Count == 0 || (_inFlight.Count < MaxInFlight && _pending.Count >= SecondBatchThreshold));

    private bool IsInFlight_NeedsGate(Guid lockId)
    {
        foreach (var batch in _inFlight)
        {
            if (batch.Locks.Contains(lockId))
                return true;
        }

        return false;
    }

    private void ScheduleFlush(bool preferLocal) =>
        ThreadPool.UnsafeQueueUserWorkItem(static batcher => _ = batcher.FlushAsync(), this, preferLocal);

    private async Task FlushAsync()
    {
        while (TakeBatch() is var (commands, batch, until))
        {
            try
            {
                await _send(commands, until).ConfigureAwait(false);
                LastSendError = null;
                batch.OneWay.ForEach(static command => command.SetSent());
            }
#pragma warning disable CA1031 // Each request posts its command again until its time is up, and reports the failure then.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LastSendError = exception;
                lock (_gate)
                    _inFlight.Remove(batch);
                batch.OneWay.ForEach(static command => command.SetDecided());
            }
        }
    }

    private (LockCommands Commands, Batch Batch, Deadline Until)? TakeBatch()
    {
        lock (_gate)
        {
            if (!MayBatchLeave_NeedsGate())
            {
                _isFlushing = false;
                return null;
            }

            var commands = new List<LockCommand>(Math.Min(_pending.Count, LockLimits.MaxBatch));
            var locks = new HashSet<Guid>(commands.Capacity);
            var oneWay = new List<OutgoingCommand>();
            var until = MovePendingTo_NeedsGate(commands, oneWay, locks);
            if (commands.Count == 0)
            {
                _isFlushing = false;
                if (_inFlight.Count == 0)
                    _inFlightTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return null;
            }

            var batch = new Batch(Guid.CreateVersion7(_time.GetUtcNow()), locks, oneWay, Deadline.After(_time, _decisionTimeout));
            _inFlight.Add(batch);
            _inFlightTimer.Change(_inFlight[0].Due.Left, Timeout.InfiniteTimeSpan);
            return (new LockCommands(batch.Id, ReplyTo: "", commands), batch, until);
        }
    }

    /// <summary>Moves as many pending commands as a batch takes; the commands of locks in flight stay, in their order.</summary>
    /// <returns>The latest of the commands' deadlines.</returns>
    private Deadline MovePendingTo_NeedsGate(List<LockCommand> commands, List<OutgoingCommand> oneWay, HashSet<Guid> locks)
    {
        var blocked = new Queue<OutgoingCommand>();
        var until = default(Deadline);
        // Of all of them, from before the first leaves: a look at the clock for each would cost more than the rest of this.
        var now = _time.GetTimestamp();
        for (var bytes = 0; commands.Count < LockLimits.MaxBatch && bytes < MaxBatchBytes && _pending.TryDequeue(out var next);)
        {
            if (IsInFlight_NeedsGate(next.LockId))
            {
                blocked.Enqueue(next);
                continue;
            }

            next.TakenAt(now);
            if (next.IsOverAt(now))
            {
                next.SetDecided();
                continue;
            }

            commands.Add(next.Command);
            if (next.IsOneWay)
                oneWay.Add(next);
            locks.Add(next.LockId);
            bytes += next.Size;
            if (commands.Count == 1 || next.Until.EndsAfter(until))
                until = next.Until;
        }

        if (blocked.Count > 0)
        {
            foreach (var later in _pending)
                blocked.Enqueue(later);
            _pending = blocked;
        }

        return until;
    }

    private void OnDeferralTimeout()
    {
        lock (_gate)
        {
            _isDeferralTimerSet = false;
            Enqueue_NeedsGate(_handoffs.TakeOverdue());
            StartDeferralTimer_NeedsGate();
            if (!TryBeginFlush_NeedsGate())
                return;
        }

        _ = FlushAsync();
    }

    private void OnInFlightTimeout()
    {
        Guid batchId;
        lock (_gate)
        {
            // The batch that the timer was set for may be decided by now, and another one may have left.
            if (_inFlight.Count == 0)
                return;
            if (!_inFlight[0].Due.HasPassed)
            {
                _inFlightTimer.Change(_inFlight[0].Due.Left, Timeout.InfiniteTimeSpan);
                return;
            }

            batchId = _inFlight[0].Id;
            if (_inFlight.Count > 1)
                _inFlightTimer.Change(_inFlight[1].Due.Left, Timeout.InfiniteTimeSpan);
        }

        EndBatch(batchId, isDecided: false);
    }

    /// <summary>A batch in flight.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Locks">The locks that its commands are about.</param>
    /// <param name="OneWay">Those of its commands that are not answered.</param>
    /// <param name="Due">When it ceases to count as in flight; starts when the batch was taken.</param>
    private sealed record Batch(Guid Id, HashSet<Guid> Locks, List<OutgoingCommand> OneWay, Deadline Due);
}
