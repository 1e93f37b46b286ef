using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>
/// Carries commands to one of the coordinator's queues, one message at a time: an idle courier leaves at once with whatever there is; while
/// a message is under way, and until everything in it is decided, the next one fills. So a lone command never waits, and many share the cost
/// of a message; and the commands on one key, which all go the same way, are decided in the order in which they were posted.
/// </summary>
internal sealed class Courier : IDisposable
{
    private const int MostBytes = 256 * 1024;

    private readonly Func<LockCommands, Deadline, Task> _send;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly ITimer _overdue;
    private readonly Lock _gate = new();
    private readonly Queue<OutgoingCommand> _waiting = new();
    private Guid _underWay;
    private Deadline _due;
    private bool _isBusy;

    /// <param name="send">Sends a batch, which is worthless after a while.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long to wait for the word that a batch is decided before the next one leaves all the same.</param>
    public Courier(Func<LockCommands, Deadline, Task> send, TimeProvider time, TimeSpan patience)
    {
        _send = send;
        _time = time;
        _patience = patience;
        _overdue = time.CreateTimer(static courier => ((Courier)courier!).Overdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
            _waiting.Enqueue(command);
            if (_isBusy)
                return;
            _isBusy = true;
        }

        _ = LeaveAsync();
    }

    /// <summary>A batch is decided: the next one may leave.</summary>
    public void Settled(Guid batchId)
    {
        lock (_gate)
        {
            if (_underWay != batchId)
                return;
            _underWay = Guid.Empty;
        }

        // Behind whoever was just answered: what they ask next comes along.
        ThreadPool.UnsafeQueueUserWorkItem(static courier => _ = courier.LeaveAsync(), this, preferLocal: false);
    }

    public void Dispose() => _overdue.Dispose();

    private async Task LeaveAsync()
    {
        while (Pack() is { } batch)
        {
            try
            {
                await _send(batch.Commands, batch.Until).ConfigureAwait(false);
                Trouble = null;
                return;
            }
#pragma warning disable CA1031 // Whatever it is: each command is posted again until its time is up, and its caller told then.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Trouble = exception;
                lock (_gate)
                    _underWay = Guid.Empty;
            }
        }
    }

    private (LockCommands Commands, Deadline Until)? Pack()
    {
        lock (_gate)
        {
            var commands = new List<LockCommand>(Math.Min(_waiting.Count, LockLimits.MaxBatch));
            var until = default(Deadline);
            for (var bytes = 0; commands.Count < LockLimits.MaxBatch && bytes < MostBytes && _waiting.TryDequeue(out var next);)
            {
                next.Taken();
                if (next.IsOver)
                    continue;

                commands.Add(next.Command);
                bytes += next.Size;
                if (commands.Count == 1 || next.Until.Left > until.Left)
                    until = next.Until;
            }

            if (commands.Count == 0)
            {
                _isBusy = false;
                _overdue.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return null;
            }

            _underWay = Guid.CreateVersion7(_time.GetUtcNow());
            _due = Deadline.After(_time, _patience);
            _overdue.Change(_patience, Timeout.InfiniteTimeSpan);
            return (new LockCommands(_underWay, ReplyTo: "", commands), until);
        }
    }

    private void Overdue()
    {
        Guid batchId;
        lock (_gate)
        {
            // The batch that this was about may be settled, and another one have left just now.
            if (_underWay == Guid.Empty || !_due.HasPassed)
                return;
            batchId = _underWay;
        }

        Settled(batchId);
    }
}
