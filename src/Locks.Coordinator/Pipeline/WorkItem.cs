namespace Locks.Coordinator.Pipeline;

/// <summary>One event for one lock, on its way through a worker.</summary>
internal abstract class WorkItem(Guid lockId)
{
    public Guid LockId { get; } = lockId;

    /// <summary>The shared lease that must be known to decide it.</summary>
    public virtual Guid? LeaseId => null;

    /// <summary>Raises the event on its saga. May be called again, on another state, when nothing came of the first time.</summary>
    public abstract Task RunAsync(CommitGroup group);

    /// <summary>What came of it is stored. Timers start now, and replies may leave.</summary>
    public abstract void Stored(ReplyBuffer answers);

    /// <summary>Nothing came of it: somebody else has changed the lock meanwhile, or it failed.</summary>
    public abstract void Failed(Exception exception, ReplyBuffer answers);
}
