using Locks.Contracts;
using Locks.Coordinator.Diagnostics.Tracing;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Scheduling;
using MassTransit;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// One event for one lock on its way through the pipeline. Its replies and its timer wait here until the decision is committed. A work item
/// whose decision was not committed may be run again, on another state.
/// </summary>
internal abstract class WorkItem(Guid lockId, InProcessScheduler scheduler) : ILockEffects
{
    // One, as a rule.
    private readonly List<(ReplyTo To, object Reply)> _replies = new(1);
    private LeaseExpired? _timer;
    private DateTimeOffset _dueAt;
    private Guid _timerToken;
    private Guid? _cancelledTimer;
    private Decision? _decision;

    public Guid LockId => lockId;

    /// <summary>The name of the command, for replies and logs.</summary>
    public abstract string Name { get; }

    /// <summary>The request id that the reply carries.</summary>
    public virtual Guid? RequestId => null;

    /// <summary>The shared lease that has to be read to decide on the event.</summary>
    public virtual Guid? LeaseId => null;

    /// <inheritdoc/>
    public LeaseSnapshot? Lease { get; private set; }

    /// <summary>The set that the item was posted with.</summary>
    public WorkSet Set { get; set; } = null!;

    /// <summary>Whether the decision is committed.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether the event was denied undecided, because it was outdated.</summary>
    public bool IsUndecided { get; private set; }

    /// <summary>Why the last run was not committed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>How often the lock was changed by another coordinator between the read and the write, since the item was posted.</summary>
    public int Conflicts { get; set; }

    /// <summary>The message in whose course the replies leave. Absent when they leave on their own.</summary>
    public abstract ConsumeContext? Origin { get; }

    /// <summary>Where the reply to the event goes. Absent when the event has no sender.</summary>
    protected virtual ReplyTo? Sender => null;

    /// <summary>The reply to an event that is not worth being decided any more; absent for one that is.</summary>
    protected virtual object? Denial => null;

    /// <summary>Whether the event is not worth being decided any more. Once it is, it stays so.</summary>
    public bool IsOutdated => Denial is not null && Sender is not null;

    /// <summary>The span of the acquire that the item is, where that is traced.</summary>
    public AcquireDecisionSpan? Span { get; private set; }

    /// <summary>The acquire that the item is, if it is one.</summary>
    protected virtual AcquireLock? Acquire => null;

    /// <summary>The item begins, or is tried once more.</summary>
    public void BeginSpan(AttemptTraces traces) => Span = Acquire is { } acquire ? traces.Begin(acquire, Origin is not null) : null;

    /// <summary>Raises the event on the saga of its lock.</summary>
    public async Task RunAsync(CommitGroup group)
    {
        _replies.Clear();
        (_timer, _cancelledTimer, _decision, IsUndecided) = (null, null, null, false);
        if (Denial is { } denial && Sender is { } sender)
        {
            IsUndecided = true;
            _replies.Add((sender, denial));
            return;
        }

        Lease = LeaseId is { } leaseId ? group.FindLease(leaseId) : null;
        await RaiseAsync(group).ConfigureAwait(false);
        _decision = group.Find(lockId)?.TakeDecision();
        Span?.Decided();
    }

    /// <summary>Takes effect: the decision is committed.</summary>
    public void Commit(ReplyBuffer replies, List<Decision> decisions)
    {
        if (_cancelledTimer is { } cancelled)
            scheduler.Cancel(cancelled);
        if (_timer is not null)
            scheduler.SetExpiry(_timerToken, _dueAt, _timer);
        Span?.Committed(_decision);
        foreach (var (to, reply) in _replies)
            replies.Add(to, Span?.Complete(reply) ?? reply, Origin);
        if (_decision is not null)
            decisions.Add(_decision);

        (IsDone, Failure) = (true, null);
        Set.Returned(replies);
    }

    /// <summary>Takes no effect: the decision is not committed.</summary>
    public void Fail(Exception failure, ReplyBuffer replies)
    {
        (Failure, Conflicts) = (failure, 0);
        Set.Returned(replies);
    }

    ValueTask ILockEffects.ReplyAsync(ReplyTo to, object reply)
    {
        _replies.Add((to, reply));
        return ValueTask.CompletedTask;
    }

    ValueTask<Guid> ILockEffects.SetTimerAsync(DateTimeOffset dueAt, LeaseExpired message)
    {
        (_timer, _dueAt, _timerToken) = (message, dueAt, NewId.NextGuid());
        return ValueTask.FromResult(_timerToken);
    }

    ValueTask ILockEffects.CancelTimerAsync(Guid tokenId)
    {
        _cancelledTimer = tokenId;
        return ValueTask.CompletedTask;
    }

    protected abstract Task RaiseAsync(CommitGroup group);
}
