using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using MassTransit;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>One command of a batch on its way through a worker, driven by the same state machine as a message of its own.</summary>
internal abstract class CommandWorkItem(BatchExecution batch, Guid lockId, Guid? requestId) : WorkItem(lockId)
{
    // One of each, as a rule.
    private readonly List<(ReplyTo Asker, object Reply)> _replies = new(1);

    /// <summary>Whether something has come of it.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Why nothing has come of it the last time.</summary>
    public Exception? Trouble { get; private set; }

    /// <summary>What the answer names.</summary>
    public Guid? RequestId => requestId;

    public abstract string CommandName { get; }

    /// <summary>The batch that it came in.</summary>
    public BatchExecution InBatch => batch;

    /// <summary>The timers that it sets and calls off.</summary>
    protected List<Action> Timers { get; } = new(1);

    /// <summary>Where its answer goes.</summary>
    public Uri? Asker => batch.ReplyTo;

    /// <summary>Keeps an answer until the decision is stored.</summary>
    public void Tell(ReplyTo asker, object reply) => _replies.Add((asker, reply));

    public override void Stored(ReplyBuffer answers)
    {
        foreach (var change in Timers)
            change();
        foreach (var (asker, reply) in _replies)
            answers.Add(asker, reply);
        (IsDone, Trouble) = (true, null);
        batch.Returned(answers);
    }

    public override void Failed(Exception exception, ReplyBuffer answers)
    {
        Trouble = exception;
        batch.Returned(answers);
    }

    protected void StartAnew()
    {
        _replies.Clear();
        Timers.Clear();
    }
}

internal class CommandWorkItem<T>(
    BatchExecution batch, LockStateMachine machine, Event<T> @event, InProcessScheduler timer, T command, string key, Guid lockId, Guid? requestId) :
    CommandWorkItem(batch, lockId, requestId)
    where T : class
{
    public override string CommandName => typeof(T).Name;

    public override Guid? LeaseId => (command as AcquireLock)?.LeaseId;

    public override Task RunAsync(CommitGroup group)
    {
        StartAnew();
        var scheduler = group.SchedulerFor(InBatch.Context, timer, out var timers);
        timers.RecordInto(Timers);
        var lease = LeaseId is { } leaseId ? group.Lease(leaseId) : null;
        return ((StateMachine<LockSaga>)machine).RaiseEvent(
            new CommandContext<T>(machine, @event, group.Find(LockId, key), command, this, scheduler, lease));
    }
}
