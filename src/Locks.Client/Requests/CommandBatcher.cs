using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>
/// Carries commands to one of the coordinator's queues, as many to a message as there are: an idle batcher leaves at once with whatever there
/// is; while a message is under way, which it is until everything in it is decided, the next one fills. It leaves before that only when it is
/// well filled. So a lone command never waits, and many share the cost of a message. Commands on a key of which one is under way wait for
/// that: they are decided in the order in which they were posted. What can wait for a release travels with it (<see cref="HandoffBuffer"/>).
/// </summary>
internal sealed class CommandBatcher
{
    private const int MostBytes = 512 * 1024;
    private const int MostUnderWay = 2;

    // So many commands are worth a message of their own while another is under way.
    private const int WellFilled = 64;

    private readonly Func<LockCommands, Deadline, Task> _send;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly ITimer _overdue;
    private readonly Lock _gate = new();
    private readonly List<Batch> _underWay = [];
    private readonly HandoffBuffer _releases;
    private readonly ITimer _heldForLong;
    private Queue<OutgoingCommand> _waiting = new();
    private bool _isPacking;
    private bool _isWatching;

    /// <param name="send">Sends a batch, which is worthless after a while.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long to wait for the word that a batch is decided before the next one leaves all the same.</param>
    public CommandBatcher(Func<LockCommands, Deadline, Task> send, TimeProvider time, TimeSpan patience)
    {
        _send = send;
        _time = time;
        _patience = patience;
        _releases = new HandoffBuffer(time);
        _overdue = time.CreateTimer(static batcher => ((CommandBatcher)batcher!).Overdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _heldForLong = time.CreateTimer(static batcher => ((CommandBatcher)batcher!).HeldForLong(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why the last message could not be sent; nothing if it could.</summary>
    public Exception? Trouble { get; private set; }

    /// <summary>Takes a command along with the next message. One that waits already is not taken twice.</summary>
    public void Post(OutgoingCommand command)
    {
        if (!command.TryPost())
            return;

        lock (_gate)
        {
            if (command.Command.Release is not null)
            {
                Enqueue_NeedsGate(_releases.GiveBack(command.LockId));
            }
            else if (_releases.TryHold(command))
            {
                WatchHeld_NeedsGate();
                return;
            }

            _waiting.Enqueue(command);
            if (!MayPack_NeedsGate())
                return;
        }

        // Who would stand in line does so together with those who ask at the same moment.
        if (command.Command.Acquire is { Wait: not null })
            LeaveSoon(preferLocal: false);
        else
            _ = LeaveAsync();
    }

    /// <summary>A lock has come from one hand to the next within this client, which gives it back when the last is done.</summary>
    public void HandoffStarted(Guid lockId, bool othersWait)
    {
        lock (_gate)
            _releases.HandoffStarted(lockId, othersWait);
    }

    /// <summary>A lock that went from hand to hand is given back: that was answered.</summary>
    public void HandoffCompleted(Guid lockId) => LetGo(_releases.EndCompleted, lockId);

    /// <summary>A lock that went from hand to hand is lost: there will be no release.</summary>
    public void HandoffAborted(Guid lockId) => LetGo(_releases.End, lockId);

    /// <summary>A batch is decided: the next one may leave.</summary>
    public void Settled(Guid batchId) => NoLongerUnderWay(batchId, isDecided: true);

    private void LetGo(Func<Guid, IReadOnlyList<OutgoingCommand>> end, Guid lockId)
    {
        lock (_gate)
        {
            Enqueue_NeedsGate(end(lockId));
            if (_waiting.Count == 0 || !MayPack_NeedsGate())
                return;
        }

        // When whoever was just answered has gone on: what it asks next comes along.
        LeaveSoon(preferLocal: true);
    }

    private void NoLongerUnderWay(Guid batchId, bool isDecided)
    {
        lock (_gate)
        {
            if (_underWay.Find(batch => batch.Id == batchId) is not { } ended)
                return;
            _underWay.Remove(ended);
            if (isDecided)
                _releases.RoundTrip = _time.GetElapsedTime(ended.Due.Start);
            if (!MayPack_NeedsGate())
                return;
        }

        // Behind whoever was just answered: what they ask next comes along.
        LeaveSoon(preferLocal: false);
    }

    private void WatchHeld_NeedsGate()
    {
        if (_isWatching || !_releases.IsHolding)
            return;

        _isWatching = true;
        _heldForLong.Change(_releases.RoundTrip, Timeout.InfiniteTimeSpan);
    }

    private void Enqueue_NeedsGate(IReadOnlyList<OutgoingCommand> commands)
    {
        foreach (var command in commands)
            _waiting.Enqueue(command);
    }

    /// <returns>Whether somebody is to pack now: nobody does, and it is worth it.</returns>
    private bool MayPack_NeedsGate()
    {
        if (_isPacking || (_underWay.Count > 0 && !IsWorthAnother_NeedsGate()))
            return false;

        _isPacking = true;
        return true;
    }

    private bool IsUnderWay_NeedsGate(Guid lockId)
    {
        foreach (var batch in _underWay)
        {
            if (batch.Locks.Contains(lockId))
                return true;
        }

        return false;
    }

    private bool IsWorthAnother_NeedsGate() => _underWay.Count < MostUnderWay && _waiting.Count >= WellFilled;

    private void LeaveSoon(bool preferLocal) =>
        ThreadPool.UnsafeQueueUserWorkItem(static batcher => _ = batcher.LeaveAsync(), this, preferLocal);

    private async Task LeaveAsync()
    {
        while (Pack() is { } packed)
        {
            try
            {
                await _send(packed.Commands, packed.Until).ConfigureAwait(false);
                Trouble = null;
            }
#pragma warning disable CA1031 // Whatever it is: each command is posted again until its time is up, and its caller told then.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Trouble = exception;
                lock (_gate)
                    _underWay.RemoveAll(batch => batch.Id == packed.Commands.BatchId);
            }
        }
    }

    private (LockCommands Commands, Deadline Until)? Pack()
    {
        lock (_gate)
        {
            if (_underWay.Count > 0 && !IsWorthAnother_NeedsGate())
            {
                _isPacking = false;
                return null;
            }

            var commands = new List<LockCommand>(Math.Min(_waiting.Count, LockLimits.MaxBatch));
            var locks = new HashSet<Guid>(commands.Capacity);
            var held = new Queue<OutgoingCommand>();
            var until = default(Deadline);
            for (var bytes = 0; commands.Count < LockLimits.MaxBatch && bytes < MostBytes && _waiting.TryDequeue(out var next);)
            {
                if (IsUnderWay_NeedsGate(next.LockId))
                {
                    held.Enqueue(next);
                    continue;
                }

                next.Taken();
                if (next.IsOver)
                    continue;

                commands.Add(next.Command);
                locks.Add(next.LockId);
                bytes += next.Size;
                if (commands.Count == 1 || next.Until.EndsAfter(until))
                    until = next.Until;
            }

            if (held.Count > 0)
            {
                foreach (var later in _waiting)
                    held.Enqueue(later);
                _waiting = held;
            }

            if (commands.Count == 0)
            {
                _isPacking = false;
                if (_underWay.Count == 0)
                    _overdue.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return null;
            }

            var packed = new Batch(Guid.CreateVersion7(_time.GetUtcNow()), locks, Deadline.After(_time, _patience));
            _underWay.Add(packed);
            _overdue.Change(_underWay[0].Due.Left, Timeout.InfiniteTimeSpan);
            return (new LockCommands(packed.Id, ReplyTo: "", commands), until);
        }
    }

    private void HeldForLong()
    {
        lock (_gate)
        {
            _isWatching = false;
            Enqueue_NeedsGate(_releases.TakeOverdue());
            WatchHeld_NeedsGate();
            if (!MayPack_NeedsGate())
                return;
        }

        _ = LeaveAsync();
    }

    private void Overdue()
    {
        Guid batchId;
        lock (_gate)
        {
            // The batch that this was about may be settled, and another one have left just now.
            if (_underWay.Count == 0)
                return;
            if (!_underWay[0].Due.HasPassed)
            {
                _overdue.Change(_underWay[0].Due.Left, Timeout.InfiniteTimeSpan);
                return;
            }

            batchId = _underWay[0].Id;
            if (_underWay.Count > 1)
                _overdue.Change(_underWay[1].Due.Left, Timeout.InfiniteTimeSpan);
        }

        NoLongerUnderWay(batchId, isDecided: false);
    }

    private sealed record Batch(Guid Id, HashSet<Guid> Locks, Deadline Due);
}
